import Callers
import Database
import TestSupport
import Testing

@testable import Shared

@Suite("Pictures that are kept, and what they are shown of")
struct GalleryTests {
    private static func gallery(_ pool: PostgresPool) -> Gallery { Gallery(workshop: PictureWorkshop(), pool: pool) }

    private static func upload(
        _ file: [UInt8], merchantID: Int64? = nil, in pool: PostgresPool, checkRoom: @Sendable () async throws -> Void = {}
    ) async throws -> StoredPicture {
        let gallery = gallery(pool)
        let upload = try await gallery.prepare(file, contentType: "image/png", sender: 1)
        return try await pool.withTransaction { try await gallery.add(upload, merchantID: merchantID, in: $0, checkRoom: checkRoom) }
    }

    private static func isUnused(_ picture: StoredPicture, in pool: PostgresPool) async throws -> Bool? {
        try await pool.row("SELECT unused_since IS NOT NULL AS unused FROM pictures WHERE sha256 = \(picture.hash.bytes)") {
            try $0["unused"]
        }
    }

    private static func deleteUnused(in pool: PostgresPool) async throws -> Int {
        try await gallery(pool).deleteUnused(for: .zero, limit: 100, in: pool)
    }

    @Test("The same content is one picture, whoever uploads it, and costs room once")
    func once() async throws {
        try await withTestDatabase { pool in
            let file = TestPicture.png(width: 700, height: 350)
            let first = try await Self.upload(file, in: pool)
            #expect(first.hash == PictureHash(of: file) && first.width == 700 && first.height == 350)
            #expect(first.renditions.map(\.width) == [320, 640, 700] && first.renditions.map(\.height) == [160, 320, 350])
            let second = try await Self.upload(file, in: pool) { throw Refusal.busy }
            #expect(second == first)
            #expect(try await pool.row("SELECT count(*) AS n FROM pictures") { try $0["n"] as Int } == 1)
            #expect(try await pool.row("SELECT count(*) AS n FROM picture_renditions") { try $0["n"] as Int } == 3)
            await expectRefusal("quota_reached") {
                _ = try await Self.upload(TestPicture.png(color: 1), in: pool) { throw Refusal.quotaReached }
            }
        }
    }

    @Test("Two who upload the same content at once get the same picture")
    func atOnce() async throws {
        try await withTestDatabase { pool in
            let file = TestPicture.png(color: 7)
            let pictures = try await withThrowingTaskGroup(of: StoredPicture.self) { group in
                for _ in 0..<4 { group.addTask { try await askingAgain { try await Self.upload(file, in: pool) } } }
                return try await group.reduce(into: Set<StoredPicture>()) { $0.insert($1) }
            }
            #expect(pictures.count == 1)
        }
    }

    @Test("The narrowest picture that is wide enough is given, else the widest")
    func widths() async throws {
        try await withTestDatabase { pool in
            let picture = try await Self.upload(TestPicture.png(width: 700, height: 350), in: pool)
            let gallery = Self.gallery(pool)
            for (asked, given) in [(nil, 700), (1, 320), (320, 320), (321, 640), (641, 700), (4_096, 700)] as [(Int?, Int)] {
                #expect(try await gallery.rendition(picture.hash, width: asked, in: pool).width == given)
            }
            await expectRefusal("not_found") { _ = try await gallery.rendition(PictureHash(of: [1]), width: nil, in: pool) }
        }
    }

    @Test("A picture goes when nothing has shown it for a while, and never while something does")
    func unused() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            try await fixture.city(1)
            let cinema = try await fixture.add(fixture.newCinema(), to: fixture.merchant())
            let hall = try await fixture.hall(in: cinema.id)
            func show(_ pictures: [StoredPicture], ofHall: Bool = false) async throws {
                try await pool.withTransaction { transaction in
                    let hashes = pictures.map(\.hash)
                    if ofHall {
                        _ = try await fixture.places.replacePhotos(
                            ofHall: hall.id, scope: .everybody, version: nil, with: hashes, in: transaction)
                    } else {
                        _ = try await fixture.places.replacePhotos(
                            ofCinema: cinema.id, scope: .everybody, version: nil, with: hashes, in: transaction)
                    }
                }
            }
            let one = try await Self.upload(TestPicture.png(color: 1), in: pool)
            let two = try await Self.upload(TestPicture.png(color: 2), in: pool)
            #expect(try await Self.gallery(pool).deleteUnused(for: .seconds(3_600), limit: 100, in: pool) == 0)
            try await show([two, one])
            try await show([two], ofHall: true)
            let shown = try await fixture.places.cinema(cinema.id, scope: .everybody, in: pool).photos
            #expect(shown.map(\.hash) == [two.hash, one.hash] && shown.map(\.width) == [40, 40])
            #expect(try await fixture.places.hall(hall.id, scope: .everybody, in: pool).photos.map(\.hash) == [two.hash])
            #expect(try await Self.deleteUnused(in: pool) == 0)
            try await show([])
            #expect(try await Self.isUnused(one, in: pool) == true)
            #expect(try await Self.isUnused(two, in: pool) == false, "The hall still shows it.")
            #expect(try await Self.deleteUnused(in: pool) == 1)
            #expect(try await Self.isUnused(one, in: pool) == nil)
            try await show([], ofHall: true)
            #expect(try await Self.deleteUnused(in: pool) == 1)
            #expect(try await pool.row("SELECT count(*) AS n FROM picture_renditions") { try $0["n"] as Int } == 0)
        }
    }

    @Test("What two things stop showing at once is unused afterwards", arguments: 0..<5)
    func race(round: Int) async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            try await fixture.city(1)
            let merchant = try await fixture.merchant()
            let cinemas = [
                try await fixture.add(fixture.newCinema(), to: merchant), try await fixture.add(fixture.newCinema(), to: merchant),
            ]
            let picture = try await Self.upload(TestPicture.png(color: round), in: pool)
            @Sendable func show(_ hashes: [PictureHash], of cinema: Cinema) async throws {
                _ = try await pool.withTransaction {
                    try await fixture.places.replacePhotos(
                        ofCinema: cinema.id, scope: .everybody, version: nil, with: hashes, in: $0)
                }
            }
            for cinema in cinemas { try await show([picture.hash], of: cinema) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for cinema in cinemas { group.addTask { try await show([], of: cinema) } }
                try await group.waitForAll()
            }
            #expect(try await Self.isUnused(picture, in: pool) == true)
        }
    }

    @Test("Only pictures that are there can be shown, and each once")
    func references() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            let movie = try await pool.withTransaction { try await fixture.catalog.addMovie(fixture.newMovie(), in: $0) }
            let picture = try await Self.upload(TestPicture.png(), in: pool)
            func replace(poster: PictureHash?, stills: [PictureHash]) async throws -> MovieDetail {
                try await pool.withTransaction {
                    try await fixture.catalog.replacePictures(
                        ofMovie: movie.movie.id, version: nil, poster: poster, stills: stills, in: $0)
                }
            }
            let unknown = PictureHash(of: [9])
            await expectRefusal("picture_unknown") { _ = try await replace(poster: unknown, stills: []) }
            await expectRefusal("picture_unknown") { _ = try await replace(poster: nil, stills: [picture.hash, unknown]) }
            await expectRefusal("picture_repeated") { _ = try await replace(poster: nil, stills: [picture.hash, picture.hash]) }
            #expect(try await Self.isUnused(picture, in: pool) == true, "A refusal changes nothing.")
            let shown = try await replace(poster: picture.hash, stills: [picture.hash])
            #expect(shown.movie.poster?.hash == picture.hash && shown.stills.map(\.hash) == [picture.hash])
            #expect(shown.movie.version > movie.movie.version)
            #expect(try await fixture.catalog.movies(page: PageRequest(), in: pool).items.map { $0.poster?.hash } == [picture.hash])
            let gone = try await replace(poster: nil, stills: [])
            #expect(gone.movie.poster == nil && gone.stills.isEmpty)
            #expect(try await Self.isUnused(picture, in: pool) == true)
        }
    }

    @Test("Things that are deleted show nothing any more, but a movie's poster, which old orders have")
    func deleted() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            try await fixture.city(1)
            let cinema = try await fixture.add(fixture.newCinema(), to: fixture.merchant())
            let hall = try await fixture.hall(in: cinema.id)
            let movie = try await pool.withTransaction { try await fixture.catalog.addMovie(fixture.newMovie(), in: $0) }.movie
            var pictures: [StoredPicture] = []
            for color in 1...4 { pictures.append(try await Self.upload(TestPicture.png(color: color), in: pool)) }
            try await pool.withTransaction { [hashes = pictures.map(\.hash)] in
                _ = try await fixture.places.replacePhotos(
                    ofCinema: cinema.id, scope: .everybody, version: nil, with: [hashes[0]], in: $0)
                _ = try await fixture.places.replacePhotos(ofHall: hall.id, scope: .everybody, version: nil, with: [hashes[1]], in: $0)
                _ = try await fixture.catalog.replacePictures(
                    ofMovie: movie.id, version: nil, poster: hashes[2], stills: [hashes[3]], in: $0)
            }
            try await pool.withTransaction {
                try await fixture.places.deleteCinema(cinema.id, scope: .everybody, version: nil, in: $0)
                try await fixture.catalog.deleteMovie(movie.id, version: nil, in: $0)
            }
            var unused: [Bool?] = []
            for picture in pictures { unused.append(try await Self.isUnused(picture, in: pool)) }
            #expect(unused == [true, true, false, true])
        }
    }

    @Test("A cinema that is deleted while its hall gets photos waits for them, and takes them away")
    func deletedMeanwhile() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            try await fixture.city(1)
            let cinema = try await fixture.add(fixture.newCinema(), to: fixture.merchant())
            let hall = try await fixture.hall(in: cinema.id)
            let picture = try await Self.upload(TestPicture.png(color: 1), in: pool)
            let deletion = try await pool.withTransaction { transaction in
                _ = try await fixture.places.replacePhotos(
                    ofHall: hall.id, scope: .everybody, version: nil, with: [picture.hash], in: transaction)
                let deletion = Task {
                    try await pool.withTransaction {
                        try await fixture.places.deleteCinema(cinema.id, scope: .everybody, version: nil, in: $0)
                    }
                }
                try await until {
                    let waiting: Query = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
                    return try await pool.row(waiting) { _ in true } ?? false
                }
                return deletion
            }
            try await deletion.value
            #expect(try await Self.isUnused(picture, in: pool) == true)
            await expectRefusal("not_found") {
                try await pool.withTransaction {
                    _ = try await fixture.places.replacePhotos(
                        ofHall: hall.id, scope: .everybody, version: nil, with: [picture.hash], in: $0)
                }
            }
        }
    }

    @Test("A picture that is a little higher than twice its width has no width twice", arguments: [641, 1_281])
    func narrow(height: Int) async throws {
        try await withTestDatabase { pool in
            let stored = try await Self.upload(TestPicture.png(width: height / 2 - 20, height: height), in: pool)
            #expect(Set(stored.renditions.map(\.width)).count == stored.renditions.count)
            #expect(try await pool.row("SELECT count(*) AS n FROM picture_renditions") { try $0["n"] as Int } == stored.renditions.count)
        }
    }

    @Test("A person's portrait goes with the person")
    func portraits() async throws {
        try await withTestDatabase { pool in
            let catalog = Catalog()
            let picture = try await Self.upload(TestPicture.png(), in: pool)
            let person = try await pool.withTransaction { try await catalog.addPerson(NewPerson(name: "Jet Li"), in: $0) }
            #expect(person.portrait == nil)
            let shown = try await pool.withTransaction {
                try await catalog.replacePortrait(ofPerson: person.id, version: person.version, with: picture.hash, in: $0)
            }
            #expect(shown.portrait?.hash == picture.hash && shown.version > person.version)
            #expect(try await catalog.people(page: PageRequest(), in: pool).items == [shown])
            #expect(try await Self.isUnused(picture, in: pool) == false)
            try await pool.withTransaction { try await catalog.deletePerson(person.id, version: nil, in: $0) }
            #expect(try await Self.isUnused(picture, in: pool) == true)
            #expect(try await Self.deleteUnused(in: pool) == 1)
        }
    }

    @Test("A merchant's pictures are counted where it was the first to upload them")
    func quota() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            let merchant = try await fixture.merchant()
            var quotas = MerchantQuotas()
            quotas.pictures = .init(before: 0, after: 2)
            let places = Places(quotas: quotas)
            func upload(_ color: Int) async throws -> StoredPicture {
                let gallery = Self.gallery(pool)
                let upload = try await gallery.prepare(TestPicture.png(color: color), contentType: "image/png", sender: 1)
                return try await pool.withTransaction { transaction in
                    try await gallery.add(upload, merchantID: merchant, in: transaction) {
                        try await places.requireRoomForPicture(of: merchant, in: transaction)
                    }
                }
            }
            _ = try await Self.upload(TestPicture.png(color: 0), in: pool)
            for color in 0...2 { _ = try await upload(color) }
            await expectRefusal("quota_reached") { _ = try await upload(3) }
            _ = try await upload(2)
        }
    }

    @Test("Hashes are 64 digits in lower case, and nothing else")
    func hashes() {
        let hash = PictureHash(of: Array("test".utf8))
        #expect(hash.text == "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
        #expect(PictureHash(hash.text) == hash)
        for text in [
            "", "9f86", hash.text.uppercased(), hash.text + "0", String(hash.text.dropLast()) + "g", String(hash.text.dropLast()) + "é",
        ] {
            #expect(PictureHash(text) == nil)
        }
    }
}
