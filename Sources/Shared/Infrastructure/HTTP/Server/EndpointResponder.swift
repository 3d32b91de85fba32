import Callers
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Text

/// The connection of a request.
struct ConnectionContext: InitializableFromSource {
    let channel: any Channel
    let logger: Logger

    init(source: ApplicationRequestContextSource) {
        channel = source.channel
        logger = source.logger
    }
}

/// Answers every request by the endpoint table.
struct EndpointResponder: HTTPResponder {
    typealias Context = ConnectionContext

    let router: Router
    let gate: Gate
    let crossOrigin: CrossOrigin
    let problems: any ProblemMapping
    let configuration: HTTPConfiguration
    let meter: RequestMeter
    let refusals: (any RefusalObserver)?
    let memory: AnswerMemory
    let texts: Texts
    let surplus: SurplusConnections
    let readiness: Readiness
    let files: FileRoom

    func respond(to request: Request, context: ConnectionContext) async throws -> Response {
        // The server's own ids count up, which tells everybody how much is going on.
        let ownID = RequestIdentity.accepted(request.headers[.xRequestID])
        let requestID = ownID ?? RequestIdentity.random()
        var logger = context.logger
        logger[metadataKey: Self.requestIDKey] = .string(requestID)
        return try await withLogger(logger) { logger in
            try await respond(to: request, context: context, logger: logger, requestID: requestID, isOwnID: ownID != nil)
        }
    }

    /// The server gives each request an id in its logger's metadata under this key.
    static let requestIDKey = "hb.request.id"

    private func respond(
        to request: Request, context: ConnectionContext, logger: Logger, requestID: String, isOwnID: Bool
    ) async throws -> Response {
        let started = ContinuousClock.now
        let facts = RequestFacts(
            requestID: requestID,
            traceparent: RequestIdentity.traceparent(request.headers[.traceparent]),
            headers: request.headers,
            channel: context.channel,
            trustedProxies: configuration.trustedProxies,
            logger: logger
        )
        let target = RequestTarget(request)
        let faulty = FaultyRequest(request)
        let method = faulty?.method ?? request.method
        var handling = Handling()
        var answer: RenderedAnswer
        var problem: Problem?
        do {
            if let faulty { throw faulty.fault.problem(requestSeconds: configuration.requestSeconds) }
            answer = try await self.answer(request, target: target, facts: facts, handling: &handling)
        } catch {
            var found = await self.problem(for: error, logger: logger)
            if found.note != nil { found.errors.removeAll { handling.endpoint?.endpoint.hasField(at: $0.place) != true } }
            problem = found
            if error is BodyReadingFailed { handling.isLast = true }
            let language = Language(accepted: request.headers, usual: configuration.defaultLanguage)
            let body = ProblemRenderer.body(
                of: found, texts: texts, language: language, instance: String(target.path), requestID: requestID)
            answer = RenderedAnswer(
                status: found.status, body: body, contentType: ProblemRenderer.contentType, cache: .noStore, language: language)
        }
        tellRefusal(problem, handling, facts)
        let route = handling.endpoint?.endpoint.path.text
        var response = ResponseAssembly.response(
            answer, problem: problem, requestID: requestID, isOwnID: isOwnID, quota: handling.quota,
            reader: crossOrigin.reader(of: request), isHead: method == .head)
        // A client that waits for a word before it sends its body may send it or not: where the next request begins, nobody knows.
        let isUncertain = request.headers[.expect] != nil && !handling.isBodyAskedFor
        let isLast = faulty != nil || handling.isLast || isUncertain || request.headers[.connection] == "close"
        if isLast || surplus.problem(of: context.channel) != nil { response.headers[.connection] = "close" }
        if let events = answer.events {
            response.body = events.body(over: context.channel) { [accessLog = configuration.accessLog] in
                if accessLog { AccessLog.writeEnd(to: logger, route: route, since: started) }
            }
        }
        let duration = ContinuousClock.now - started
        meter.record(handling.endpoint, status: answer.status, duration: duration)
        if configuration.accessLog, handling.endpoint?.isQuiet != true {
            AccessLog.write(
                to: logger, method: method.rawValue, route: route, status: answer.status, duration: duration, code: problem?.code,
                facts: facts,
                account: handling.principal?.accountID)
        }
        return response
    }

    /// The facts that are found on the way to the answer.
    private struct Handling {
        var endpoint: RoutedEndpoint?
        var principal: Principal?
        var quota: Quota?
        /// Whether the client is told to send its body.
        var isBodyAskedFor = false
        /// Whether no further request can be read from the connection.
        var isLast = false
    }

    private func tellRefusal(_ problem: Problem?, _ handling: Handling, _ facts: RequestFacts) {
        guard let refusals, let problem, [403, 429].contains(problem.status), let endpoint = handling.endpoint?.endpoint else { return }
        refusals.refused(
            RefusedRequest(
                endpoint: "\(endpoint.method.rawValue) \(endpoint.path.text)", status: problem.status, code: problem.code,
                accountID: handling.principal?.accountID, address: facts.address))
    }

    private func answer(
        _ request: Request, target: RequestTarget, facts: RequestFacts, handling: inout Handling
    ) async throws -> RenderedAnswer {
        guard let (route, values) = router.route(at: target.path) else { throw Problem.unknownPath }
        if CrossOrigin.isPreflight(request) { return try crossOrigin.preflightAnswer(to: request, methods: route.allow) }
        guard let method = Method(request.method), let routed = route.endpoints[method],
            request.method != .head || routed.endpoint.answersHead
        else {
            throw Problem.methodNotAllowed(allow: route.allow)
        }
        handling.endpoint = routed
        let endpoint = routed.endpoint
        // Health checks must succeed even when there are too many connections.
        if endpoint.rateLimit != .exempt, let problem = surplus.problem(of: facts.channel) { throw problem }
        let admission = try await gate.admission(to: endpoint, facts: facts)
        handling.principal = admission.principal
        try gate.admit(admission.principal, to: endpoint)
        do {
            return try await self.answer(
                request, target: target, facts: facts, routed: routed, method: method, values: values, principal: admission.principal,
                handling: &handling)
        } catch  where admission.isCached {
            // When a request is refused for lack of capacity, or its client has disconnected, the service must not spend another query on
            // it.
            let isTurnedAway = [429, 503].contains((error as? Problem ?? problems.problem(for: error))?.status)
            if !isTurnedAway, !(error is BodyReadingFailed) { try await gate.recheck(endpoint, facts: facts) }
            throw error
        }
    }

    private func answer(
        _ request: Request, target: RequestTarget, facts: RequestFacts, routed: RoutedEndpoint, method: Method, values: [String],
        principal: Principal?, handling: inout Handling
    ) async throws -> RenderedAnswer {
        let endpoint = routed.endpoint
        handling.quota = gate.quota(of: routed, principal: principal, facts: facts)
        if let quota = handling.quota, quota.isExceeded { throw quota.problem }
        if endpoint.keepsAnswer {
            return try await keptAnswer(
                request, target: target, facts: facts, routed: routed, values: values, handling: &handling)
        }
        let parameters = try routed.parameters(values)
        let query = try routed.query(target.query)
        let conditions = try RequestConditions(
            ifMatch: endpoint.ifMatch == .required ? request.headers[.ifMatch] : nil,
            ifNoneMatch: method == .get ? request.headers[.ifNoneMatch] : nil, rule: endpoint.ifMatch)
        let key = try endpoint.idempotency ? Self.idempotencyKey(request.headers) : nil
        let takesRoom = endpoint.input.isFile
        if takesRoom { try files.enter(principal?.accountID) }
        defer { if takesRoom { files.leave(principal?.accountID) } }
        let body = try await BodyReader.body(of: request, for: routed, on: facts.channel, isAskedFor: &handling.isBodyAskedFor)
        let exchange = Exchange(
            facts: facts, path: String(target.path), pathParameters: parameters, query: query, conditions: conditions,
            idempotencyKey: key.map { IdempotencyKey(key: $0, method: method, path: String(target.path), body: body.bytes) },
            principal: principal, endpoint: endpoint, isBodyCut: body.isCut)
        return try await endpoint.run(exchange, body.bytes)
    }

    /// The answer of an endpoint that answers everybody alike. It depends only on the request's target.
    private func keptAnswer(
        _ request: Request, target: RequestTarget, facts: RequestFacts, routed: RoutedEndpoint, values: [String], handling: inout Handling
    ) async throws -> RenderedAnswer {
        _ = try await BodyReader.body(of: request, for: routed, on: facts.channel, isAskedFor: &handling.isBodyAskedFor)
        let answer = try await memory.answer(to: target.text, lifetime: routed.endpoint.answerLifetime) {
            let exchange = Exchange(
                facts: facts.withoutHeaders, path: String(target.path), pathParameters: try routed.parameters(values),
                query: try routed.query(target.query), conditions: RequestConditions(), idempotencyKey: nil, principal: nil,
                endpoint: routed.endpoint)
            return try await routed.endpoint.run(exchange, [])
        }
        return answer.unlessMatched(by: request.headers[.ifNoneMatch].flatMap { EntityTagList($0) })
    }

    private static func idempotencyKey(_ headers: HTTPFields) throws -> String? {
        guard let header = try headers.only(.idempotencyKey) else { return nil }
        do throws(FieldIssue) {
            return try IdempotencyKey.key(fromHeader: header)
        } catch {
            throw Problem.malformed("header_invalid", errors: [error])
        }
    }

    private func problem(for error: any Error, logger: Logger) async -> Problem {
        if let failed = error as? BodyReadingFailed { return failed.problem }
        if let problem = error as? Problem ?? problems.problem(for: error) {
            // A problem that a handler throws itself, such as that of /readyz, has no other cause and is in the access log.
            if problem.status >= 500, !(error is Problem) {
                logger.warning(
                    "Request could not be served", metadata: ["code": "\(problem.code)", "error": "\(String(reflecting: error))"])
            } else if let note = problem.note {
                logger.error("The database refused a value that validation let through", metadata: ["error": "\(note)"])
            }
            return problem
        }
        if let issue = error as? FieldIssue { return .unprocessable("body_invalid", errors: [issue]) }
        // While something is missing that the service needs, such as its tables, a failure is no defect.
        guard await readiness.failed().isEmpty else {
            logger.warning(
                "Request could not be served", metadata: ["code": "\(Problem.notReady.code)", "error": "\(String(reflecting: error))"])
            return .notReady
        }
        logger.error("Request failed", metadata: ["error": "\(String(reflecting: error))"])
        return .internalError
    }
}

extension Problem {
    static let unknownPath = Problem(status: 404, "not_found").with("reason", "path_unknown")

    static func methodNotAllowed(allow: String) -> Problem {
        var problem = Problem(status: 405, "method_not_allowed").with("allow", .string(allow))
        problem.allow = allow
        return problem
    }
}
