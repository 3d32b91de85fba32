import Testing
import Text

@testable import HTTP

@Suite("Shapes")
struct ShapeTests {
    private struct Hall: Sendable {
        let id: Int64
        let name: String
        let zone: String?
    }

    private struct Offer: Sendable {
        let hall: Hall
        let priceFen: Int64
    }

    private static let hall = Shape<Hall>(
        "Hall",
        .id("id", "Number of the hall.", example: "9") { $0.id },
        .text("name", "Name.", example: "Hall 1") { $0.name },
        .text("zone", "Zone.", absentWhenNil: true) { $0.zone }
    )

    private static let offer = Offer(hall: Hall(id: 3, name: "Big", zone: "vip"), priceFen: 4500)

    private static func text<Value>(_ shape: Shape<Value>, _ value: Value) -> String {
        String(decoding: shape.encoded(value), as: UTF8.self)
    }

    @Test("A shape takes in all fields of another one, in their order, with what they say and their examples")
    func whole() {
        let shape = Shape<Offer>(
            "Offer",
            .int("price_fen", "Price.", example: "4500") { $0.priceFen },
            .fields(of: Self.hall) { $0.hall }
        )
        #expect(Self.text(shape, Self.offer) == #"{"price_fen":4500,"id":3,"name":"Big","zone":"vip"}"#)
        #expect(Array(shape.schema.fields.dropFirst()) == Self.hall.schema.fields)
        #expect(shape.schema.example == ["price_fen": 4500, "id": 9, "name": "Hall 1", "zone": "text"])
        #expect(shape.schema.unknownNames.isEmpty)
    }

    @Test("It takes in the named fields alone, in the order of their names, between its own")
    func named() {
        let shape = Shape<Offer>(
            "Offer",
            .fields(of: Self.hall, "name", "id") { $0.hall },
            .int("price_fen", "Price.") { $0.priceFen },
            .fields(of: Self.hall, "zone") { $0.hall }
        )
        #expect(Self.text(shape, Self.offer) == #"{"name":"Big","id":3,"price_fen":4500,"zone":"vip"}"#)
    }

    @Test("A field that the other shape leaves out is left out")
    func absent() {
        let shape = Shape<Offer>("Offer", .fields(of: Self.hall, "id", "zone") { $0.hall })
        #expect(Self.text(shape, Offer(hall: Hall(id: 3, name: "Big", zone: nil), priceFen: 0)) == #"{"id":3}"#)
        #expect(shape.schema.fields.map(\.isRequired) == [true, false])
    }

    @Test("The fields of a shape for the same values need no way to them")
    func sameValue() {
        let shape = Shape<Hall>("NamedHall", .fields(of: Self.hall, "name"), .bool("large", "Whether it is.") { _ in true })
        #expect(Self.text(shape, Self.offer.hall) == #"{"name":"Big","large":true}"#)
    }

    @Test("Callers select fields that were taken in like all others")
    func selected() throws {
        let shape = Shape<Offer>("Offer", .int("price_fen", "Price.") { $0.priceFen }, .fields(of: Self.hall) { $0.hall })
        var writer = JSONWriter()
        shape.write(Self.offer, selecting: try FieldSelection(fields: "zone,price_fen", omit: nil, of: shape.schema), to: &writer)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #"{"price_fen":4500,"zone":"vip"}"#)
    }

    @Test("A name that the other shape doesn't have is noted, for the test of all declarations")
    func unknown() {
        let shape = Shape<Hall>("Hall", .fields(of: Self.hall, "id", "nme"))
        #expect(shape.schema.unknownNames == ["nme"])
        #expect(shape.schema.fields.map(\.name) == ["id"])
    }
}
