import Text

/// Finds the endpoint of a path and method.
///
/// It is a tree of path segments. Literals come before parameters, and when a branch leads nowhere, the next one is tried.
struct Router: Sendable {
    /// The endpoints at one path.
    struct Route: Sendable {
        var endpoints: [Method: RoutedEndpoint] = [:]
        /// The value of the Allow header.
        var allow = ""
    }

    private struct Node: Sendable {
        var literals: [String: Int] = [:]
        /// The child for a parameter, which takes any value.
        var parameter: Int?
        /// The parameters' names belong to the endpoint, because two endpoints may name the same segment differently.
        var route: Route?
    }

    private var nodes = [Node()]

    /// - Throws: ``EndpointTableError`` when two endpoints have the same method and path, or one keeps answers that are not for everybody.
    init(_ endpoints: [RoutedEndpoint]) throws {
        for routed in endpoints {
            guard !routed.endpoint.isShared || routed.endpoint.canKeepAnswer else {
                throw EndpointTableError.keepsAnswerForSome(routed.endpoint.operation)
            }
            var node = 0
            for segment in routed.endpoint.path.segments {
                node =
                    switch segment {
                    case .literal(let text): literal(text, of: node)
                    case .parameter: parameter(of: node)
                    }
            }
            var route = nodes[node].route ?? Route()
            guard route.endpoints.updateValue(routed, forKey: routed.endpoint.method) == nil else {
                throw EndpointTableError.duplicate(routed.endpoint.operation)
            }
            var allowed = Method.allCases.filter { route.endpoints[$0] != nil }.map(\.rawValue)
            if route.endpoints[.get]?.endpoint.answersHead == true { allowed.append("HEAD") }
            route.allow = allowed.joined(separator: ", ")
            nodes[node].route = route
        }
    }

    private mutating func literal(_ text: String, of node: Int) -> Int {
        if let child = nodes[node].literals[text] { return child }
        nodes.append(Node())
        nodes[node].literals[text] = nodes.count - 1
        return nodes.count - 1
    }

    private mutating func parameter(of node: Int) -> Int {
        if let child = nodes[node].parameter { return child }
        nodes.append(Node())
        nodes[node].parameter = nodes.count - 1
        return nodes.count - 1
    }

    /// - Parameter path: still percent-encoded, without the query.
    /// - Returns: the route and the parameters' values in the order of the path; `nil` when there is no such path, or an escape is broken.
    func route(at path: Substring) -> (route: Route, values: [String])? {
        guard path.utf8.first == UInt8(ascii: "/") else { return nil }
        var segments: [String] = []
        if path.utf8.count > 1 {
            for segment in path.dropFirst().split(separator: "/", maxSplits: 16, omittingEmptySubsequences: false) {
                guard let decoded = PercentEncoding.decode(segment), !decoded.isEmpty else { return nil }
                segments.append(decoded)
            }
        }
        var values: [String] = []
        guard let node = find(segments[...], at: 0, &values), let route = nodes[node].route else { return nil }
        return (route, values)
    }

    private func find(_ segments: ArraySlice<String>, at node: Int, _ values: inout [String]) -> Int? {
        guard let segment = segments.first else { return nodes[node].route == nil ? nil : node }
        let rest = segments.dropFirst()
        if let child = nodes[node].literals[segment], let found = find(rest, at: child, &values) { return found }
        guard let child = nodes[node].parameter else { return nil }
        values.append(segment)
        if let found = find(rest, at: child, &values) { return found }
        values.removeLast()
        return nil
    }
}

/// A list of endpoints that can't be served.
package enum EndpointTableError: Error, Hashable, Sendable {
    /// Two endpoints have this method and path.
    case duplicate(String)
    /// This endpoint's answers can't be the same for everybody, but it says that they are.
    case keepsAnswerForSome(String)
    /// Two different schemas have this name.
    case schemaNameTwice(String)
    /// Two endpoints have this name.
    case operationNameTwice(String)
}
