import API
import Callers
import Database
import HTTP
import Shared

/// The companies behind the movies.
struct CompanyEndpoints: Sendable {
    let catalog: Catalog
    let pool: PostgresPool
    let writes: Writes

    var all: [Endpoint] { [list, create, show] }

    var list: Endpoint {
        Endpoint(
            .get, "/v1/companies", "Lists companies by name.",
            access: .permission(.companies, .read),
            answers: .page(CatalogShape.company)
        ) { call in
            .page(try await catalog.companies(page: call.page, in: pool))
        }
    }

    var create: Endpoint {
        Endpoint(
            .post, "/v1/companies", "Adds a company.",
            access: .permission(.companies, .write),
            body: CatalogBody.newCompany,
            idempotency: true,
            answers: .created(CatalogShape.company, at: show.path, \.id),
            refusals: [.companyExists]
        ) { call in
            try await writes.create(
                call, audit: call.audit(.companyAdded) { .company($0.id) }
            ) { transaction in
                try await catalog.addCompany(name: call.body, in: transaction)
            }
        }
    }

    var show: Endpoint {
        Endpoint(
            .get, "/v1/companies/{id}", "Shows a company.",
            access: .permission(.companies, .read),
            answers: .ok(CatalogShape.company)
        ) { call in
            .ok(try await catalog.company(call[.id], in: pool))
        }
    }
}
