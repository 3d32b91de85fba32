import Callers
import Database
import TestSupport
import Testing
import Text

@testable import Shared

@Suite("The content of movies")
struct MovieContentTests {
    private static func content() -> MovieContent {
        var content = MovieContent()
        content.originalTitle = "英雄"
        content.otherTitles = ["Ying xiong"]
        content.synopsis = "Three assassins."
        content.countries = ["China", "Hong Kong"]
        content.contentNotice = "Swords."
        content.previewDate = CalendarDay("2002-10-20")
        content.trailers = ["https://video.example.com/hero"]
        content.filmCode = "001106752002"
        content.eidr = "10.5240/7EC7-228A-510A-053E-CBB8-J"
        return content
    }

    @Test("is stored, read back, changed field by field and cleared")
    func writing() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            var new = try fixture.newMovie()
            new.content = Self.content()
            let added = try await pool.withTransaction { [new] in try await fixture.catalog.addMovie(new, in: $0) }
            #expect(added.content == new.content)

            var change = MovieContentChange()
            change.synopsis = .some("Four assassins.")
            change.eidr = .some(nil)
            let changed = try await pool.withTransaction { [change] in
                try await fixture.catalog.changeMovie(added.movie.id, version: 1, MovieChange(content: change), in: $0)
            }
            var expected = new.content
            expected.synopsis = "Four assassins."
            expected.eidr = nil
            #expect(changed.content == expected)

            var clearing = MovieContentChange()
            (clearing.originalTitle, clearing.synopsis, clearing.contentNotice) = (.some(nil), .some(nil), .some(nil))
            (clearing.previewDate, clearing.filmCode) = (.some(nil), .some(nil))
            (clearing.otherTitles, clearing.countries, clearing.trailers) = ([], [], [])
            let cleared = try await pool.withTransaction { [clearing] in
                try await fixture.catalog.changeMovie(added.movie.id, version: 2, MovieChange(content: clearing), in: $0)
            }
            #expect(cleared.content == MovieContent())
        }
    }

    @Test(
        "knows a mistyped EIDR by its check digit",
        arguments: [
            ("10.5240/7EC7-228A-510A-053E-CBB8-J", true), ("10.5240/F592-583D-2B4C-0B8C-C2A1-Y", true),
            ("10.5240/7EC7-228A-510A-053E-CBB8-K", false), ("10.5240/7EC7-228A-510A-053E-CB8B-J", false),
            ("10.5240/7EC7-228B-510A-053E-CBB8-J", false), ("10.5240/7EC7-228A-510A-053E-CBB-J", false), ("", false), ("10.5240/", false),
        ])
    func eidr(eidr: String, isRight: Bool) {
        #expect(MovieContent.hasCheckDigit(eidr) == isRight)
    }

    @Test("refuses previews after the release, repeated trailers, and codes of another movie until that is deleted")
    func refusals() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            var new = try fixture.newMovie()
            new.content = Self.content()
            let first = try await fixture.add(new)
            let add: @Sendable (NewMovie) async throws -> Movie = { try await fixture.add($0) }
            await expectRefusal("film_code_taken") { [new] in try await add(new) }
            new.content.filmCode = nil
            await expectRefusal("eidr_taken") { [new] in try await add(new) }
            new.content.eidr = "10.5240/7EC7-228A-510A-053E-CBB8-K"
            await expectRefusal("eidr_check_digit_wrong") { [new] in try await add(new) }
            new.content.eidr = nil
            new.content.trailers += new.content.trailers
            await expectRefusal("repeated") { [new] in try await add(new) }
            new.content.trailers = []
            new.content.previewDate = CalendarDay("2002-10-25")
            await expectRefusal("preview_after_release") { [new] in try await add(new) }
            let earlier = MovieChange(releaseDate: CalendarDay("2002-10-19"))
            await expectRefusal("preview_after_release") {
                try await pool.withTransaction { try await fixture.catalog.changeMovie(first.id, version: nil, earlier, in: $0) }
            }
            try await pool.withTransaction { try await fixture.catalog.deleteMovie(first.id, version: nil, in: $0) }
            new.content = Self.content()
            _ = try await add(new)
        }
    }
}
