package import Callers

/// Throws a refusal where a statement violates a constraint of the database.
///
/// - Parameter state: of the violation.
package func refusing<Result>(_ refusal: Refusal, for state: SQLState, _ write: () async throws -> Result) async throws -> Result {
    do {
        return try await write()
    } catch let error as PostgresError where error.sqlState == state {
        throw refusal
    }
}

/// Throws a refusal where a statement violates one constraint of the database.
package func refusing<Result>(_ refusal: Refusal, byConstraint name: String, _ write: () async throws -> Result) async throws -> Result {
    do {
        return try await write()
    } catch let error as PostgresError where error.constraintName == name {
        throw refusal
    }
}
