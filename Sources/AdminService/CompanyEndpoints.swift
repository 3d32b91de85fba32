import API
import Database
import HTTP
import Shared

/// The companies behind the movies.
///
/// | method | path | needs |
/// | --- | --- | --- |
/// | GET | /v1/companies | companies: read |
/// | POST | /v1/companies | companies: write |
/// | GET | /v1/companies/{id} | companies: read |
struct CompanyEndpoints: Sendable {
    let catalog: Catalog
    let pool: PostgresPool
    let writes: Writes

    var all: [Endpoint] { [list, create, show] }

    var list: Endpoint {
        Endpoint(
            .get, "/v1/companies", "Lists companies by name.",
            access: .permission(.companies, .read),
            answers: .page(CatalogShapes.company),
            problems: [Problem(.cursorInvalid)]
        ) { call in
            .page(try await catalog.companies(page: call.pageRequest, in: pool))
        }
    }

    var create: Endpoint {
        Endpoint(
            .post, "/v1/companies", "Adds a company.",
            access: .permission(.companies, .write),
            body: CatalogBodies.newCompany,
            idempotency: true,
            answers: .created(CatalogShapes.company),
            problems: [Problem(.companyExists)]
        ) { call in
            try await writes.create(
                call,
                at: { "/v1/companies/\($0.id)" },
                audit: try call.audit(.companyAdded) { "company:\($0.id)" }
            ) { transaction in
                try await catalog.addCompany(name: call.body, in: transaction)
            }
        }
    }

    var show: Endpoint {
        Endpoint(
            .get, "/v1/companies/{id}", "Shows a company.",
            access: .permission(.companies, .read),
            answers: .ok(CatalogShapes.company)
        ) { call in
            .ok(try await catalog.company(call.id("id"), in: pool))
        }
    }
}
