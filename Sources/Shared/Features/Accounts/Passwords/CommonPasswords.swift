/// Passwords that an attacker tries first: the 3,000 most common ones that our length rule lets through (ASVS 5.0 6.2.4), and those that
/// are made as they are: of a common word, a run along the keyboard or the alphabet, a repetition, a date, or two of these in a row, with
/// digits and marks behind.
enum CommonPasswords {
    /// - Parameter names: of the owner, such as username, phone number and e-mail address.
    static func contain(_ password: String, names: [String] = []) -> Bool {
        let lowered = password.lowercased()
        let plain = Array(lowered.unicodeScalars)
        return mostCommon.contains(lowered) || isName(lowered, of: names) || isRepetition(plain) || isDate(plain)
            || isMadeOfCommonParts(plain)
    }

    /// In the order of how common they are, by the frequency list of zxcvbn (MIT licence): the first 3,000 of 8 and more characters, in
    /// lower case and NFC.
    private static let mostCommon = Set(
        String(decoding: PackageResources.common_passwords_txt, as: UTF8.self).split(separator: "\n").map(String.init)
    )

    /// The owner's name alone, with digits or marks behind it, or twice.
    private static func isName(_ password: String, of names: [String]) -> Bool {
        let bare = withoutTail(password)
        return names.contains { name in
            let name = name.lowercased()
            let mailbox = name.split(separator: "@").first.map(String.init) ?? name
            // A phone number is typed with or without its country code.
            let national = name.hasPrefix("+86") ? String(name.dropFirst(3)) : name
            return [name, mailbox, national, String(name.drop { $0 == "+" })].contains { part in
                !part.isEmpty && (password == part || password == part + part || (part.count >= 3 && bare == part))
            }
        }
    }

    /// A short piece again and again, as `abababab` or `12341234`. How often is hard to guess from some length on.
    private static func isRepetition(_ password: [Unicode.Scalar]) -> Bool {
        password.count <= 32
            && (1...4).contains { length in
                password.count >= 2 * length && password.indices.allSatisfy { password[$0] == password[$0 % length] }
            }
    }

    /// A day as `19900131`, `31011990` or `01311990`.
    private static func isDate(_ password: [Unicode.Scalar]) -> Bool {
        let digits = password.compactMap { $0.value >= 48 && $0.value <= 57 ? Int($0.value - 48) : nil }
        guard digits.count == 8, password.count == 8 else { return false }
        func number(_ range: Range<Int>) -> Int { digits[range].reduce(0) { 10 * $0 + $1 } }
        let forms = [
            (number(0..<4), number(4..<6), number(6..<8)), (number(4..<8), number(2..<4), number(0..<2)),
            (number(4..<8), number(0..<2), number(2..<4)),
        ]
        return forms.contains { (1900...2099).contains($0.0) && (1...12).contains($0.1) && (1...31).contains($0.2) }
    }

    /// At most two common parts, apart from a few digits and marks at the end.
    private static func isMadeOfCommonParts(_ password: [Unicode.Scalar]) -> Bool {
        guard password.count <= 24 else { return false }
        var tail = password.count
        while tail > 0, password.count - tail < 4, !isLetter(password[tail - 1]) { tail -= 1 }
        // The fewest parts that cover the password from each place to any of the ends.
        var fewest = [Int?](repeating: nil, count: password.count + 1)
        for end in tail...password.count { fewest[end] = 0 }
        for start in stride(from: password.count - 1, through: 0, by: -1) {
            for end in start + 1...password.count {
                guard let rest = fewest[end], rest < 2, isCommonPart(Array(password[start..<end])) else { continue }
                fewest[start] = min(fewest[start] ?? .max, rest + 1)
            }
        }
        return fewest[0] != nil
    }

    private static func isCommonPart(_ part: [Unicode.Scalar]) -> Bool {
        let text = String(String.UnicodeScalarView(part))
        if part.count >= 2, words.contains(text) || words.contains(withoutDisguise(text)) { return true }
        guard part.count >= 3 else { return false }
        return isRun(part) || Set(part).count == 1 || (part.count >= 4 && runs.contains { $0.contains(text) })
    }

    /// Neighbours in the alphabet or among the digits, up or down.
    private static func isRun(_ part: [Unicode.Scalar]) -> Bool {
        let steps = zip(part, part.dropFirst()).map { Int($1.value) - Int($0.value) }
        return steps.allSatisfy { $0 == 1 } || steps.allSatisfy { $0 == -1 }
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isAlphabetic }

    /// Without digits and marks at the end.
    private static func withoutTail(_ text: String) -> String {
        var scalars = text.unicodeScalars
        while let last = scalars.last, !isLetter(last) { scalars.removeLast() }
        return String(scalars)
    }

    /// With letters in the place of the digits and marks that people write for them.
    private static func withoutDisguise(_ text: String) -> String {
        let letters: [Character: Character] = ["0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"]
        return String(text.map { letters[$0] ?? $0 })
    }

    /// Along the keyboard's rows and columns, both ways.
    private static let runs: [String] = {
        let ways = [
            "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "1234567890-=", "01234567890", "qwertzuiop", "azertyuiop", "!@#$%^&*()",
            "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p", "qazwsxedcrfvtgbyhnujmikolp", "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0",
            "1a2b3c4d5e6f7g", "a1b2c3d4e5f6g7", "zaqxswcdevfr", "zaq12wsxcde34rfv", "147258369", "159357", "741852963", "123123123",
            "112233445566",
        ]
        return ways + ways.map { String($0.reversed()) }
    }()

    private static let words = Set(
        """
        password passwort passwd passw0rd pass word admin administrator root user guest login welcome letmein master secret access test
        testing demo default changeme temp temporary qwerty azerty iloveyou loveyou love lovely lover forever baby babygirl babyboy angel
        princess prince queen king sunshine monkey dragon shadow superman batman spiderman starwars pokemon naruto football baseball
        basketball soccer hockey tennis golf summer winter spring autumn january february march april june july august september october
        november december monday tuesday wednesday thursday friday saturday sunday michael jordan jennifer jessica ashley amanda michelle
        daniel andrew joshua matthew robert thomas charlie george william anthony justin nicole hannah jasmine anna maria david james john
        killer hunter ranger tiger lion eagle wolf bear horse tigger ginger pepper cookie chocolate banana orange apple cherry flower
        butterfly rainbow purple yellow silver golden diamond crystal computer internet google facebook twitter youtube microsoft windows
        samsung android iphone linux ubuntu server oracle mysql database system network hello hello! hallo world friend friends family
        mother father sister brother daddy mommy mustang ferrari porsche mercedes toyota honda yamaha harley thunder lightning freedom
        liberty america england china beijing shanghai hongkong london paris berlin tokyo whatever nothing something trustno1 matrix
        phoenix cheese coffee pizza chicken maggie buster bailey sophie lucky happy money dollar jesus christ heaven blessed trinity church
        merlin gandalf hogwarts cowboy dallas eagles yankees lakers arsenal chelsea liverpool barcelona madrid juventus rangers celtic
        security private public office manager company business director service support backup cinema movie movies film ticket tickets
        theatre theater piao dianying dianyingyuan woaini woaiwo woaiwojia woaini1314 aini aini1314 wodemima mima nihao zhongguo qingqing
        5201314 520520 1314520 1314521 7758521 584520 woaini520 qq taobao weixin wechat baidu tencent zhang wang li liu chen yang
        huang zhao xiaoming lihua abc abcd aaa zzz xxx qwe asd zxc qaz wsx iop poi 123qwe qwe123 123abc abc123 a1b2c3 asdf1234 1q2w3e
        """.split(whereSeparator: \.isWhitespace).map(String.init)
    )
}
