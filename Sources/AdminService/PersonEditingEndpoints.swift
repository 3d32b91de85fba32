import API
import Callers
import HTTP
import Shared

/// Adding, changing and deleting people of movies, which only the platform's people do.
struct PersonEditingEndpoints: Sendable {
    let catalog: Catalog
    let writes: Writes

    var all: [Endpoint] { [create, change, replacePortrait, delete] }

    var create: Endpoint {
        Endpoint(
            .post, "/v1/people", "Adds a person of movies, also one of a name that another has.",
            access: .permission(.people, .write),
            body: CatalogBody.newPerson,
            idempotency: true,
            answers: .created(CatalogShape.person, at: PersonEndpoints.path, \.id)
        ) { call in
            try await writes.create(
                call, etag: { .version($0.version) }, audit: call.audit(.personAdded) { .person($0.id) }
            ) { transaction in
                try await catalog.addPerson(call.body, in: transaction)
            }
        }
    }

    var change: Endpoint {
        Endpoint(
            .patch, "/v1/people/{id}", "Changes a person, in all its movies.",
            access: .permission(.people, .modify),
            body: CatalogBody.personChange,
            ifMatch: .required,
            answers: .ok(CatalogShape.person)
        ) { call in
            let id = try call[.id]
            let person = try await writes.perform(call, audit: call.audit(.personChanged, .person(id))) { transaction in
                try await catalog.changePerson(id, version: call.ifMatch, call.body, in: transaction)
            }
            return .ok(person, etag: .version(person.version))
        }
    }

    var replacePortrait: Endpoint {
        Endpoint(
            .put, "/v1/people/{id}/portrait", "Gives a person a portrait in place of the one that it has.",
            name: "setPersonPortrait",
            access: .permission(.people, .modify),
            body: PictureBody.portrait,
            ifMatch: .required,
            answers: .ok(CatalogShape.person),
            refusals: [.pictureUnknown]
        ) { call in
            let id = try call[.id]
            let person = try await writes.perform(call, audit: call.audit(.personPortraitReplaced, .person(id))) { transaction in
                try await catalog.replacePortrait(ofPerson: id, version: call.ifMatch, with: call.body, in: transaction)
            }
            return .ok(person, etag: .version(person.version))
        }
    }

    var delete: Endpoint {
        Endpoint(
            .delete, "/v1/people/{id}", "Deletes a person who has no part in a movie.",
            access: .permission(.people, .delete),
            ifMatch: .required,
            answers: .noContent,
            refusals: [.personInUse]
        ) { call in
            let id = try call[.id]
            try await writes.perform(call, audit: call.audit(.personDeleted, .person(id))) { transaction in
                try await catalog.deletePerson(id, version: call.ifMatch, in: transaction)
            }
            return .noContent
        }
    }
}
