import Foundation

/// The machine code of the program and its libraries, as the kernel has mapped it.
enum ProgramText {
    /// Frees the pages that only the start needed.
    ///
    /// Linking, looking up types and reading settings touch most of a large program once, and the kernel maps 16 pages for each touched
    /// one. Pages that are needed again come back from the page cache. Code is never written, so nothing is lost.
    ///
    /// - Returns: how many bytes of code are mapped; 0 when it can't be found out.
    @discardableResult
    static func release() -> Int {
        // It reads to the end, because the kernel gives this file in pieces, and reading "the contents of a file" stops after the first.
        guard let maps = try? FileHandle(forReadingAtPath: "/proc/self/maps")?.readToEnd() else { return 0 }
        let ranges = String(decoding: maps, as: UTF8.self).split(separator: "\n").compactMap { codeRange(String($0)) }
        for range in ranges {
            _ = unsafe madvise(UnsafeMutableRawPointer(bitPattern: range.lowerBound), range.count, MADV_DONTNEED)
        }
        return ranges.reduce(0) { $0 + $1.count }
    }

    /// The range of a file's code in a line of `/proc/self/maps` (proc(5)); `nil` for a range that can be written or isn't a file's.
    static func codeRange(_ line: String) -> Range<UInt>? {
        let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
        guard fields.count == 6, fields[1] == "r-xp", fields[5].trimmingPrefix(while: \.isWhitespace).hasPrefix("/") else { return nil }
        let bounds = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
        guard bounds.count == 2, bounds[0] < bounds[1] else { return nil }
        return bounds[0]..<bounds[1]
    }
}
