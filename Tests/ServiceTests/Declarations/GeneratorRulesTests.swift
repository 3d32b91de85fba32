import Assembly
import Callers
import Testing
import Text

@testable import HTTP

@Suite("What generators of clients need of the OpenAPI documents")
struct GeneratorRulesTests {
    @Test("The documents give it to them", arguments: Realm.allCases)
    func documents(realm: Realm) throws {
        #expect(GeneratorRules(try Self.document(of: realm).json).faults == [])
    }

    @Test("What would mislead them is found", arguments: planted)
    func misleading(right: String, wrong: String, fault: String) throws {
        let text = try Self.document(of: .client).text
        #expect(text.contains(right), "\(right)")
        let faults = GeneratorRules(try JSONParser.parse(text.replacing(right, with: wrong, maxReplacements: 1), rules: .lenient)).faults
        #expect(faults.contains { $0.contains(fault) }, "\(wrong): \(faults)")
    }

    /// What stands in the moviegoers' document, what is put there once instead, and what the fault is called.
    private static let planted: [(String, String, String)] = [
        (#""operationId":"listMovies""#, #""operationId":"list movies""#, "no name of a function"),
        (#""operationId":"listMovies""#, #""operationId":"delete""#, "no name of a function"),
        (#""operationId":"listMovies""#, #""operationId":"listcities""#, "stands twice"),
        (#""operationId":"listMovies","#, "", "no name of a function"),
        (#""tags":["movies"]"#, #""tags":["movies","all"]"#, "are not one name of a group"),
        (#""type":["string","null"]"#, #""type":"string","nullable":true"#, "is of OpenAPI 3.0"),
        (#""type":["string","null"]"#, #""type":["string","integer","null"]"#, "is not a type and null"),
        (
            ##"{"anyOf":[{"$ref":"#/components/schemas/OrderState"},{"type":"null"}]"##,
            #"{"type":["string","null"],"enum":["paid","void"]"#, "without a name"
        ),
        (
            ##"{"anyOf":[{"$ref":"#/components/schemas/OrderState"},"##,
            ##"{"anyOf":[{"$ref":"#/components/schemas/Order"},{"$ref":"#/components/schemas/Movie"},"##, "nothing tells which of 2"
        ),
        (
            ##"{"$ref":"#/components/schemas/OrderState""##, ##"{"$ref":"#/components/schemas/OrderState","minLength":1"##,
            "beside a reference"
        ),
        (##"{"$ref":"#/components/schemas/OrderState"}"##, ##"{"$ref":"#/components/schemas/Orderly"}"##, "leads to nothing"),
        (
            ##"{"$ref":"#/components/schemas/Order"}"##, ##"{"type":"object","properties":{"id":{"type":"string"}}}"##,
            "an object without a name"
        ),
        (
            #""OrderState":{"type":"string","enum":["#, #""OrderState":{"type":"string","enum":["paid","Paid","#,
            "the word \"Paid\" stands twice"
        ),
        (#""OrderPage":"#, #""Order-Page":"#, "is no name of a type"),
        (#""OrderPage":"#, #""Record":"#, "is no name of a type"),
        (#""payable_fen":{"#, #""payable-fen":{"#, "is no name of a field"),
        (#""payable_fen":{"#, #""payableFen":{"type":"integer"},"payable_fen":{"#, "stands twice"),
        (#""required":["items","next"]"#, #""required":["items","next","last"]"#, "there is no such field"),
        (#""name":"id","in":"path","required":true"#, #""name":"id","in":"path","required":false"#, "its path has"),
        (
            #""schemas":{"#, #""schemas":{"Wrong":{"type":"string","enum":["a"]},"Same":{"type":"string","enum":["a"]},"#,
            "are the same words"
        ),
    ]

    private static func document(of realm: Realm) throws -> OpenAPIDocument {
        OpenAPIDocument(name: realm.serviceName, purpose: "", endpoints: try FurnishedPlatform.endpoints(of: realm))
    }
}
