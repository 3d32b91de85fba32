import API
import Callers
import Database
import HTTP
import Shared

/// How Chinese titles and names are read, by which they are found: a part of the catalogue.
struct ReadingPhraseEndpoints: Sendable {
    let phrases: ReadingPhrases
    let pool: PostgresPool
    let writes: Writes

    var all: [Endpoint] { [list, create, show, change, delete] }

    private static let shape = Shape<ReadingPhrase>(
        "ReadingPhrase",
        .id("id", "Number of the phrase.", example: "5") { $0.id },
        .text("phrase", "Chinese characters, in their simplified form.", example: "厦门") { $0.phrase },
        .text("reading", "Pinyin without tones, one syllable for each character.", example: "xia men") { $0.reading },
        .bool("is_surname", "Whether it is read so only at the beginning of a person's name.", example: "false") { $0.isSurname }
    )

    private static let reading = FieldKind<String>.text(1...63, pattern: "^[a-z]{1,6}( [a-z]{1,6}){0,7}$")

    private static let newPhrase = Body<NewReadingPhrase>(
        "NewReadingPhrase",
        Field<String>.required("phrase", .name(1...8), "Two to eight Chinese characters; a surname may be one.", example: "长城汽车"),
        Field<String>.required(
            "reading", reading, "Pinyin without tones, `v` for ü, one syllable for each character.", example: "chang cheng qi che"),
        Field<Bool>.defaulted("is_surname", .bool, "Read so only at the beginning of a person's name.", default: false)
    ) { NewReadingPhrase(phrase: $0, reading: $1, isSurname: $2) }

    private static let phraseChange = Body<String>(
        "ReadingPhraseChange",
        Field<String>.required("reading", reading, "Another reading.", example: "xia men")
    ) { $0 }

    var list: Endpoint {
        Endpoint(
            .get, "/v1/reading-phrases", "Lists the words in which Chinese characters are read otherwise than alone.",
            access: .permission(.movies, .read),
            answers: .page(Self.shape)
        ) { call in
            .page(try await phrases.phrases(page: call.page, in: pool))
        }
    }

    var show: Endpoint {
        Endpoint(
            .get, "/v1/reading-phrases/{id}", "Shows such a word.",
            access: .permission(.movies, .read),
            answers: .ok(Self.shape)
        ) { call in
            let phrase = try await phrases.phrase(try call[.id], in: pool)
            return .ok(phrase, etag: .version(phrase.version))
        }
    }

    var create: Endpoint {
        Endpoint(
            .post, "/v1/reading-phrases", "Adds such a word; titles and names that hold it are found by its reading from now on.",
            access: .permission(.movies, .write),
            body: Self.newPhrase,
            idempotency: true,
            answers: .created(Self.shape, at: show.path, \.id),
            refusals: [.phraseInvalid, .readingInvalid, .phraseExists]
        ) { call in
            try await writes.create(
                call, etag: { .version($0.version) }, audit: call.audit(.readingPhraseAdded) { .readingPhrase($0.id) }
            ) { transaction in
                try await phrases.add(call.body, in: transaction)
            }
        }
    }

    var change: Endpoint {
        Endpoint(
            .patch, "/v1/reading-phrases/{id}", "Gives such a word another reading.",
            access: .permission(.movies, .modify),
            body: Self.phraseChange,
            ifMatch: .required,
            answers: .ok(Self.shape),
            refusals: [.readingInvalid]
        ) { call in
            let id = try call[.id]
            let phrase = try await writes.perform(call, audit: call.audit(.readingPhraseChanged, .readingPhrase(id))) { transaction in
                try await phrases.change(id, version: call.ifMatch, reading: call.body, in: transaction)
            }
            return .ok(phrase, etag: .version(phrase.version))
        }
    }

    var delete: Endpoint {
        Endpoint(
            .delete, "/v1/reading-phrases/{id}", "Deletes such a word; its characters are read as they are alone.",
            access: .permission(.movies, .delete),
            ifMatch: .required,
            answers: .noContent
        ) { call in
            let id = try call[.id]
            try await writes.perform(call, audit: call.audit(.readingPhraseDeleted, .readingPhrase(id))) { transaction in
                try await phrases.delete(id, version: call.ifMatch, in: transaction)
            }
            return .noContent
        }
    }
}
