import Text

/// The form of a JSON object in a request, and the value that is made of it.
///
/// ```swift
/// static let new = Body<NewCompany>("NewCompany", .required("name", .text(1...100), "Name.", example: "Bona")) { NewCompany(name: $0) }
/// ```
/// The strict decoder, the schema and the documentation all read this declaration.
package struct Body<Value: Sendable>: Sendable {
    package let schema: ObjectSchema
    /// Makes the value. On faults it adds issues whose pointers start at the object, and returns `nil`.
    let read: @Sendable (JSONValue, inout [FieldIssue]) -> Value?

    /// - Parameters:
    ///   - name: the schema's name, in upper camel case.
    ///   - make: makes the value of the fields, in the order of their declaration; throws ``FieldIssue`` for a rule across fields.
    package init<each FieldValue: Sendable>(
        _ name: String,
        _ field: repeat Field<each FieldValue>,
        make: @escaping @Sendable (repeat each FieldValue) throws -> Value
    ) {
        var declared: [FieldSchema] = []
        for field in repeat each field { declared.append(field.schema) }
        schema = ObjectSchema(name: name, fields: declared, isStrict: true)

        let names = declared.map(\.name)
        let fields = (repeat each field)
        read = { value, issues in
            guard case .object(let members) = value else {
                issues.append(FieldIssue("", .wrongType(value, wanted: .object)))
                return nil
            }
            let before = issues.count
            for member in members where !names.contains(member.name) {
                issues.append(FieldIssue("", "unknown_key").inside(member.name))
                if issues.count >= 20 { return nil }
            }
            let values = (repeat (each fields).read(members.value(of: (each fields).schema.name), &issues))
            guard issues.count == before else { return nil }
            do {
                return try make(repeat try present(each values))
            } catch let issue as FieldIssue {
                issues.append(issue)
            } catch let problem as Problem {
                issues.append(FieldIssue("", ValueFault(problem)))
            } catch {
                issues.append(FieldIssue("", "invalid"))
            }
            return nil
        }
    }

    /// Reads a whole request body.
    ///
    /// - Throws: ``Problem``: 400 when it is no JSON, 422 when it is not what was declared.
    func decode(_ bytes: [UInt8]) throws -> Value {
        guard !bytes.isEmpty else {
            throw Problem.malformed("body_missing", errors: [FieldIssue("", "missing")])
        }
        let json: JSONValue
        do {
            json = try JSONParser.parse(bytes)
        } catch {
            throw Problem.malformed(FieldIssue(error))
        }
        var issues: [FieldIssue] = []
        guard let value = read(json, &issues) else {
            throw Problem.unprocessable(Self.code(of: issues), errors: issues)
        }
        return value
    }

    /// A body in which only names are wrong gets the code for names, whichever rule refused them.
    private static func code(of issues: [FieldIssue]) -> String {
        !issues.isEmpty && issues.allSatisfy { $0.code == "name_invalid" } ? "name_invalid" : "body_invalid"
    }
}

/// A field has no value although no issue was added: the field's kind has a defect.
private struct FieldWithoutValue: Error {}

private func present<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw FieldWithoutValue() }
    return value
}

extension [JSONMember] {
    fileprivate func value(of name: String) -> JSONValue? {
        first { $0.name == name }?.value
    }
}

extension Problem {
    /// A body that is no acceptable JSON: the problem says of it what the parser does.
    fileprivate static func malformed(_ issue: FieldIssue) -> Problem {
        var problem = malformed(issue.code, errors: [issue])
        problem.members = issue.members
        return problem
    }
}
