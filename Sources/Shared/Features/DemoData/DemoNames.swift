/// Names for made things. Each can be told from a real company's or person's at first sight.
enum DemoNames {
    private static let chineseFirst = [
        "会飞的", "失眠的", "迟到的", "纸做的", "倒着走的", "借来的", "月亮上的", "不下雨的", "说谎的", "七点半的", "隔壁的", "被遗忘的", "慢半拍的",
        "反方向的", "玻璃做的", "没有名字的", "最后一班", "藏起来的", "会唱歌的", "不存在的",
    ]
    private static let chineseSecond = [
        "灯塔", "豆浆", "河流", "邮差", "电梯", "夏天", "白猫", "列车", "厨房", "天文馆", "雨伞", "图书馆", "海岸线", "钟表匠", "气球", "动物园", "地铁站",
        "围棋手", "风筝", "菜市场",
    ]
    private static let englishFirst = [
        "The Borrowed", "The Sleepless", "A Paper", "The Late", "The Upside-Down", "Nobody's", "The Invisible", "A Second-Hand", "The Last",
        "The Nameless",
    ]
    private static let englishSecond = [
        "Lighthouse", "Elevator", "Umbrella", "Postman", "Planetarium", "Summer", "Night Train", "Balloon", "Zoo", "Clockmaker",
    ]
    static let genres = ["剧情", "喜剧", "动画", "科幻", "悬疑", "爱情", "冒险", "家庭"]

    /// Titles, about three Chinese ones for each English one, none of them twice.
    static func titles(_ count: Int, using numbers: inout SeededNumbers) -> [(text: String, isChinese: Bool)] {
        var chinese = pairs(chineseFirst, chineseSecond).shuffled(using: &numbers)
        var english = pairs(englishFirst, englishSecond).shuffled(using: &numbers)
        return (0..<count).compactMap { place in
            if place % 4 == 3 { return english.popLast().map { ("\($0) \($1)", false) } }
            return chinese.popLast().map { ("\($0)\($1)", true) }
        }
    }

    /// Family names out of the ten heavenly stems, given names out of the solar terms; in English letters of the spelling alphabet.
    static func people(isChinese: Bool) -> [String] {
        if isChinese {
            return pairs(
                ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛"], ["立春", "雨水", "惊蛰", "清明", "谷雨", "小满", "白露", "霜降"]
            ).map { "\($0)\($1)" }
        }
        return pairs(["Alfa", "Bravo", "Delta", "Echo", "Foxtrot", "Golf"], ["Sampleton", "Exampleby", "Testington"]).map { "\($0) \($1)" }
    }

    static func companies(isChinese: Bool) -> [String] {
        isChinese ? (1...6).map { "样例影业 \($0) 号" } : (1...3).map { "Sample Pictures No. \($0)" }
    }

    /// - Parameter number: from 1.
    static func merchant(_ number: Int) -> String {
        number % 4 == 0 ? "Sample Cinemas No. \(number)" : "样例院线 \(number) 号"
    }

    /// - Parameter number: from 1.
    static func cinema(_ number: Int, in district: String) -> String {
        number % 5 == 0 ? "Sample Cinema \(number) (\(district))" : "样例影城 \(number) 号（\(district)）"
    }

    private static func pairs(_ first: [String], _ second: [String]) -> [(String, String)] {
        first.flatMap { left in second.map { (left, $0) } }
    }
}
