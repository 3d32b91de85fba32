import HTTP

/// How texts and names are answered.
enum LanguageShape {
    /// One thing said in each language.
    struct InEachLanguage: Sendable {
        let english: String
        let chinese: String
    }

    struct ProblemCode: Sendable {
        let code: String
        let reason: String?
        let members: [String]
        let text: InEachLanguage
    }

    struct Word: Sendable {
        let word: String
        let name: InEachLanguage
    }

    struct Enumeration: Sendable {
        let name: String
        let words: [Word]
    }

    private static let inEachLanguage = Shape<InEachLanguage>(
        "InEachLanguage",
        .text("en", "In English.", example: "Paid") { $0.english },
        .text("zh_cn", "In simplified Chinese.", example: "已支付") { $0.chinese }
    )

    private static let problemCode = Shape<ProblemCode>(
        "ProblemCode",
        .text("code", "The `code` of a problem, or of a field error in its `errors`.", example: "seat_limit_reached") { $0.code },
        .text("reason", "The member `reason` that the text is for; null for the text where no other one fits.") { $0.reason },
        .texts(
            "members",
            "The members of problem or field error that the text has places for; `errors` stands for the first field error.",
            example: #"["limit"]"#
        ) { $0.members },
        .object(
            "text", inEachLanguage,
            "What it says. `{limit}` is the place of the member `limit`; `{quota|quota}` that of a member's name in an enumeration of /v1/words."
        ) { $0.text }
    )

    static let problemCodes = Shape<[ProblemCode]>(
        "ProblemCodes",
        .list("problem_codes", problemCode, "By code and reason.") { $0 }
    )

    private static let word = Shape<Word>(
        "Word",
        .text("word", "As it stands in answers.", example: "paid") { $0.word },
        .object("name", inEachLanguage, "What people call it.") { $0.name }
    )

    private static let enumeration = Shape<Enumeration>(
        "Enumeration",
        .text("name", "What its words say, of what: `order_state` is the state of an order.", example: "order_state") { $0.name },
        .list("words", word, "In the order of the declaration.") { $0.words }
    )

    static let words = Shape<[Enumeration]>(
        "Words",
        .list("enumerations", enumeration, "All of them.") { $0 }
    )
}
