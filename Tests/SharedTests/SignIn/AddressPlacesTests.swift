import Addresses
import Testing

@testable import Shared

@Suite("The places of addresses")
struct AddressPlacesTests {
    private func places(_ csv: String) throws -> AddressPlaces {
        try AddressPlaces(csv: Array(csv.utf8))
    }

    @Test("Of an address of version 6 its network is what counts, of version 4 itself")
    func blocks() {
        let blocks = ["192.0.2.1", "::ffff:192.0.2.1", "2001:db8::1", "2001:DB8:0:0:f::2", "2001:db8:0:1::1", "::1", "local", "", "a:b"]
        #expect(
            blocks.map { AddressBlock(of: $0).text } == [
                "192.0.2.1", "192.0.2.1", "20010db800000000::/64", "20010db800000000::/64", "20010db800000001::/64", "0::/64", "local", "",
                "a:b",
            ])
    }

    @Test("Addresses are read in all their spellings")
    func addresses() {
        #expect(NetworkAddress("0.0.0.0") == .v4(0))
        #expect(NetworkAddress("192.0.2.1") == .v4(0xC000_0201))
        #expect(NetworkAddress("255.255.255.255") == .v4(.max))
        #expect(NetworkAddress("::ffff:192.0.2.1") == .v4(0xC000_0201))
        #expect(NetworkAddress("::FFFF:c000:201") == .v4(0xC000_0201))
        #expect(NetworkAddress("::") == .v6(0))
        #expect(NetworkAddress("::1") == .v6(1))
        #expect(NetworkAddress("2001:db8::") == .v6(0x2001_0DB8 << 96))
        #expect(NetworkAddress("2001:DB8:0:0:0:0:0:1") == NetworkAddress("2001:db8::1"))
        #expect(NetworkAddress("1:2:3:4:5:6:7::") == NetworkAddress("1:2:3:4:5:6:7:0"))
        #expect(NetworkAddress("64:ff9b::192.0.2.33") == NetworkAddress("64:ff9b::c000:221"))
        #expect(NetworkAddress("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff") == .v6(.max))
    }

    @Test(
        "What isn't an address is none",
        arguments: [
            "", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.-4", "1.2.3.+4", "1.2.3. 4", "a.b.c.d", ":", ":::", "1:2:3:4:5:6:7",
            "1::2::3",
            "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "12345::", "g::", "+1::", "fe80::1%eth0", "::1.2.3", "1.2.3.4::", "localhost",
        ])
    func junk(text: String) {
        #expect(NetworkAddress(text) == nil)
    }

    @Test("A range holds its first and its last address, and nothing beside it")
    func bounds() throws {
        let places = try places(
            """
            1.0.0.0,1.0.0.255,AU,Queensland,"South Brisbane"
            1.0.2.0,1.0.2.0,CN,Shanghai,
            1.0.3.0,1.0.3.255,ZZ,,
            1.0.4.0,1.0.4.255,,,
            255.255.255.255,255.255.255.255,FR,,Paris
            2001:db8::,2001:db8::ffff,CN,Beijing,Beijing
            ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,NZ,,
            """)
        let brisbane = AddressPlace(country: "AU", region: "Queensland", city: "South Brisbane")
        let beijing = AddressPlace(country: "CN", region: "Beijing", city: "Beijing")
        let expected: [(String, AddressPlace?)] = [
            ("0.255.255.255", nil), ("1.0.0.0", brisbane), ("1.0.0.77", brisbane), ("1.0.0.255", brisbane), ("1.0.1.0", nil),
            ("1.0.2.0", AddressPlace(country: "CN", region: "Shanghai", city: nil)), ("1.0.2.1", nil), ("1.0.3.1", nil), ("1.0.4.1", nil),
            ("255.255.255.254", nil), ("255.255.255.255", AddressPlace(country: "FR", region: nil, city: "Paris")),
            ("::ffff:1.0.0.1", brisbane), ("2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", nil), ("2001:db8::", beijing),
            ("2001:db8::abcd", beijing),
            ("2001:db8::ffff", beijing), ("2001:db8::1:0", nil),
            ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", AddressPlace(country: "NZ", region: nil, city: nil)), ("unknown", nil), ("", nil),
        ]
        for (address, place) in expected { #expect(places.place(of: address) == place, "\(address)") }
        #expect(try self.places("").place(of: "1.0.0.0") == nil)
    }

    @Test("DB-IP's lists of countries and of cities are read as they come")
    func forms() throws {
        let cities = try places(#"1.0.0.0,1.0.0.255,OC,AU,Queensland,"South Brisbane",-27.4767,153.017"#)
        #expect(cities.place(of: "1.0.0.1") == AddressPlace(country: "AU", region: "Queensland", city: "South Brisbane"))
        let countries = try places("1.0.0.0,1.0.0.255,AU\r\n1.0.1.0,1.0.3.255,CN\r\n")
        #expect(countries.place(of: "1.0.2.1") == AddressPlace(country: "CN", region: nil, city: nil))
    }

    @Test(
        "A list that can't be trusted is refused, by its line",
        arguments: [
            ("1.0.0.0,1.0.0.255,AU,,\n1.0.0.255,1.0.1.0,CN,,", 2), ("1.0.1.0,1.0.1.255,AU,,\n1.0.0.0,1.0.0.255,CN,,", 2),
            ("1.0.0.9,1.0.0.0,AU,,", 1), ("1.0.0.0,2001:db8::,AU,,", 1), ("first,last,country,region,city", 1), ("1.0.0.0,1.0.0.255", 1),
            ("1.0.0.0,1.0.0.255,AU,,\n1.0.1.0,1.0.1.255,AU", 2), (#"1.0.0.0,1.0.0.255,AU,"Queens,land"#, 1),
        ])
    func refused(csv: String, line: Int) {
        let error = #expect(throws: ImportFileError.self) { try places(csv) }
        #expect(error?.description.hasPrefix("line \(line): ") == true, "\(error?.description ?? "")")
    }

    @Test("Of many ranges the right one is found")
    func many() throws {
        var generator = SystemRandomNumberGenerator()
        var ranges: [(first: UInt32, last: UInt32)] = []
        var next: UInt32 = 0
        for _ in 0..<5_000 {
            let first = next + UInt32.random(in: 0...50_000, using: &generator)
            let last = first + UInt32.random(in: 0...50_000, using: &generator)
            ranges.append((first, last))
            next = last + 1
        }
        func text(_ bits: UInt32) -> String { [24, 16, 8, 0].map { String(bits >> $0 & 255) }.joined(separator: ".") }
        let csv = ranges.enumerated().map { "\(text($1.first)),\(text($1.last)),C\($0)" }.joined(separator: "\n")
        let places = try places(csv)
        for _ in 0..<2_000 {
            let bits = UInt32.random(in: 0...(next + 1000), using: &generator)
            let index = ranges.firstIndex { ($0.first...$0.last).contains(bits) }
            #expect(places.place(of: text(bits))?.country == index.map { "C\($0)" })
        }
    }
}
