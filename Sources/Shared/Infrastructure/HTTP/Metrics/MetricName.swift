/// The kinds of metrics that Prometheus knows.
package enum MetricKind: Hashable, Sendable {
    case counter
    case gauge
    case histogram
    /// A histogram of seconds.
    case timer

    /// Prometheus' word for it.
    package var typeName: String {
        switch self {
        case .counter: "counter"
        case .gauge: "gauge"
        case .histogram, .timer: "histogram"
        }
    }

    /// The suffix that Prometheus' naming rules require.
    var suffix: String {
        switch self {
        case .counter: "_total"
        case .timer: "_seconds"
        case .gauge, .histogram: ""
        }
    }

    /// The name without the suffix that was added.
    func label(of name: String) -> String {
        name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : name
    }
}

/// Names and labels in Prometheus' form.
enum MetricName {
    /// Letters, digits and underscores.
    static func sanitized(_ label: String) -> String {
        var name = String(
            label.unicodeScalars.map { scalar -> Character in
                let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
                return isPlain ? Character(scalar) : "_"
            }
        ).lowercased()
        if name.first?.isNumber ?? true { name = "_" + name }
        return name
    }

    static func name(_ label: String, _ kind: MetricKind) -> String {
        let name = sanitized(label)
        return name.hasSuffix(kind.suffix) ? name : name + kind.suffix
    }

    /// `a="1",b="2"`
    static func labels(_ dimensions: [(String, String)]) -> String {
        dimensions.sorted { $0.0 < $1.0 }.map { name, value in
            let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
            return "\(sanitized(name))=\"\(escaped)\""
        }.joined(separator: ",")
    }

    static func escapedHelp(_ help: String) -> String {
        help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    }

    static func defaultHelp(_ name: String, _ kind: MetricKind) -> String {
        let words = kind.label(of: name).replacing("_", with: " ")
        return switch kind {
        case .counter: "How often: \(words)."
        case .gauge: "How many now: \(words)."
        case .histogram: "How much: \(words)."
        case .timer: "How long, in seconds: \(words)."
        }
    }
}
