import Callers
package import Text

/// An answer that says what went wrong (RFC 9457), thrown by whoever finds it. Features throw a `Refusal`, which is made one.
package struct Problem: Error, Hashable, Sendable {
    package var status: Int
    /// A stable snake_case word that clients may rely on.
    package var code: String
    /// The fields, parameters and headers that are wrong.
    package var errors: [FieldIssue]
    /// Further members, such as `limit`; the text has places for them.
    package var members: [JSONMember]
    /// Seconds after which to try again.
    package var retryAfter: Int?
    /// The methods that the path has, for 405.
    package var allow: String?
    /// A note for the log, without values. It is set where the answer blames the caller although the service may be at fault.
    package var note: String?

    package init(status: Int, _ code: String, errors: [FieldIssue] = [], retryAfter: Int? = nil) {
        self.status = status
        self.code = code
        self.errors = errors
        self.members = []
        self.retryAfter = retryAfter
    }

    /// The same problem with one more member.
    package func with(_ name: String, _ value: JSONValue) -> Problem {
        var problem = self
        problem.members.append(JSONMember(name: name, value: value))
        return problem
    }

    /// The same problem with ids as one more member.
    package func with(_ name: String, _ ids: [Int64]) -> Problem {
        with(name, .array(ids.map { .integer($0) }))
    }
}

extension Problem {
    /// 400: the request has no meaning.
    package static func malformed(_ code: String, errors: [FieldIssue] = []) -> Problem {
        Problem(status: 400, code, errors: errors)
    }

    /// 401: no token, or one that is not valid here.
    package static let unauthenticated = Problem(Refusal.unauthenticated)

    /// 403: the account's permission lacks what the call needs.
    package static let accountRestricted = Problem(Refusal.accountRestricted)

    /// 403 with a code of its own.
    package static func forbidden(_ code: String) -> Problem {
        Problem(status: 403, code)
    }

    /// 404: not there, or not the caller's.
    package static let notFound = Problem(Refusal.notFound)

    /// 404 with a code of its own.
    package static func notFound(_ code: String) -> Problem {
        Problem(status: 404, code)
    }

    /// 409: the request doesn't fit the present state.
    package static func conflict(_ code: String) -> Problem {
        Problem(status: 409, code)
    }

    /// 412: the caller's copy is stale.
    package static let stale = Problem(Refusal.stale)

    /// 422: the request was understood, but a value is not valid.
    package static func unprocessable(_ code: String, errors: [FieldIssue] = []) -> Problem {
        Problem(status: 422, code, errors: errors)
    }

    /// 422: validation accepted a value that the database can't hold. This may be a defect of ours, so it is logged too.
    ///
    /// - Parameters:
    ///   - field: the field of the body, if there is one of that name.
    ///   - note: for the log.
    package static func valueRefused(field: String?, note: String) -> Problem {
        let errors = field.map { [FieldIssue("/\($0)", "value_refused")] } ?? []
        var problem = unprocessable("value_refused", errors: errors)
        problem.note = note
        return problem
    }

    /// 429: the caller asks too often. `retryAfter` is in seconds.
    package static func tooManyRequests(_ code: String, retryAfter: Int = 1) -> Problem {
        Problem(status: 429, code, retryAfter: retryAfter)
    }

    /// 503: the service can't do it now. `retryAfter` is in seconds.
    package static func unavailable(_ code: String, retryAfter: Int = 1) -> Problem {
        Problem(status: 503, code, retryAfter: retryAfter)
    }

    /// 503: too much is asked for at once; nothing was changed.
    package static let busy = Problem(Refusal.busy)

    /// 500: our fault; what happened is in the log, under the request's id.
    package static let internalError = Problem(status: 500, "internal_error")
}

/// Turns the errors of the layers below into problems.
package protocol ProblemMapping: Sendable {
    /// - Returns: `nil` for an error that is a defect of ours: it is logged and answered as a plain 500.
    func problem(for error: any Error) -> Problem?
}
