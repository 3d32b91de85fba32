import Callers
import Testing

@testable import Shared

@Suite("The places of addresses")
struct IPGeographyTests {
    private func places(_ csv: String) throws -> IPGeography {
        try IPGeography(csv: Array(csv.utf8))
    }

    @Test("Of an address of version 6 its network is what counts, of version 4 itself")
    func blocks() {
        let blocks = ["192.0.2.1", "::ffff:192.0.2.1", "2001:db8::1", "2001:DB8:0:0:f::2", "2001:db8:0:1::1", "::1", "local", "", "a:b"]
        #expect(
            blocks.map { AddressBlock(of: $0).text } == [
                "192.0.2.1", "192.0.2.1", "2001:db8:0:0::/64", "2001:db8:0:0::/64", "2001:db8:0:1::/64", "0:0:0:0::/64", "local", "", "a:b",
            ])
        #expect(AddressBlock.all(of: "2001:db8:7:8::1").map(\.text) == ["2001:db8:7:8::/64", "2001:db8:7::/48"])
        #expect(AddressBlock.all(of: "2001:db8:7:8::1").map(\.clients) == [1, 16])
        for address in ["192.0.2.1", "::ffff:192.0.2.1", "local", ""] {
            #expect(AddressBlock.all(of: address) == [AddressBlock(of: address)])
        }
    }

    @Test(
        "A range holds the addresses that begin like it",
        arguments: [
            ("10.0.0.0/8", "10.255.255.255", true), ("10.0.0.0/8", "11.0.0.0", false), ("10.0.0.0/8", "::ffff:10.1.2.3", true),
            ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false), ("192.0.2.1/32", "192.0.2.1", true),
            ("0.0.0.0/0", "255.0.0.1", true), ("0.0.0.0/0", "::1", false), ("::/0", "2001:db8::1", true), ("::/0", "192.0.2.1", false),
            ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::", false), ("::1/128", "::1", true),
            ("::ffff:10.0.0.0/104", "10.9.9.9", true), ("::ffff:10.0.0.0/104", "11.0.0.0", false), ("::ffff:0.0.0.0/96", "1.2.3.4", true),
        ])
    func ranges(range: String, address: String, isInside: Bool) throws {
        let (range, address) = (try #require(NetworkRange(range)), try #require(NetworkAddress(address)))
        #expect(range.contains(address) == isInside)
    }

    @Test(
        "What isn't a range is none, nor one whose address has more bits than it keeps",
        arguments: [
            "", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/ 8", "10.0.0.0/8/8", "10.0.0.1/8", "10/8",
            "10.0.0.0/0000", "10.0.0.0/99999999999999999999", "2001:db8::/129", "2001:db8::1/64", "::ffff:10.0.0.0/95", "localhost/8",
        ])
    func junkRange(text: String) {
        #expect(NetworkRange(text) == nil)
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
        let brisbane = IPLocation(country: "AU", region: "Queensland", city: "South Brisbane")
        let beijing = IPLocation(country: "CN", region: "Beijing", city: "Beijing")
        let expected: [(String, IPLocation?)] = [
            ("0.255.255.255", nil), ("1.0.0.0", brisbane), ("1.0.0.77", brisbane), ("1.0.0.255", brisbane), ("1.0.1.0", nil),
            ("1.0.2.0", IPLocation(country: "CN", region: "Shanghai", city: nil)), ("1.0.2.1", nil), ("1.0.3.1", nil), ("1.0.4.1", nil),
            ("255.255.255.254", nil), ("255.255.255.255", IPLocation(country: "FR", region: nil, city: "Paris")),
            ("::ffff:1.0.0.1", brisbane), ("2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", nil), ("2001:db8::", beijing),
            ("2001:db8::abcd", beijing),
            ("2001:db8::ffff", beijing), ("2001:db8::1:0", nil),
            ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", IPLocation(country: "NZ", region: nil, city: nil)), ("unknown", nil), ("", nil),
        ]
        for (address, place) in expected { #expect(places.location(of: address) == place, "\(address)") }
        #expect(try self.places("").location(of: "1.0.0.0") == nil)
    }

    @Test("DB-IP's lists of countries and of cities are read as they come")
    func forms() throws {
        let cities = try places(#"1.0.0.0,1.0.0.255,OC,AU,Queensland,"South Brisbane",-27.4767,153.017"#)
        #expect(cities.location(of: "1.0.0.1") == IPLocation(country: "AU", region: "Queensland", city: "South Brisbane"))
        let countries = try places("1.0.0.0,1.0.0.255,AU\r\n1.0.1.0,1.0.3.255,CN\r\n")
        #expect(countries.location(of: "1.0.2.1") == IPLocation(country: "CN", region: nil, city: nil))
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
            #expect(places.location(of: text(bits))?.country == index.map { "C\($0)" })
        }
    }
}
