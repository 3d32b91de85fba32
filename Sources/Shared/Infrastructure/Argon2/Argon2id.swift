import CArgon2
import Glibc
import Synchronization

// Everything that touches libargon2's pointers, and nothing else: the compiler cannot check memory in this file by itself.

/// Argon2id, version 1.3 (RFC 9106), as libargon2 computes it.
package enum Argon2id {
    /// Why there is no hash.
    package enum Failure: Error, Hashable {
        /// The system has no memory left for it.
        case outOfMemory
        /// The cost, the salt or the length is outside of what is computed here.
        case outOfBounds
    }

    /// The memory that a hash may take, in KiB; each lane takes at least 8.
    package static let memories = 8...1_048_576
    /// How often a hash may go over its memory.
    package static let passes = 1...1_000
    /// Into how many lanes its memory may be divided.
    package static let lanes = 1...64
    /// How long a salt may be, in bytes.
    package static let saltLengths = 8...1_024
    /// How long a hash may be, in bytes.
    package static let lengths = 4...1_024

    /// The hash of a password. It takes its time and its memory on the calling thread. The memory, emptied, is kept for the next hash until
    /// ``releaseMemory()``.
    ///
    /// - Parameters:
    ///   - memory: what it takes, in KiB.
    ///   - passes: how often it goes over this memory.
    ///   - lanes: computed one after the other: more of them make a hash no faster, only different.
    ///   - length: of the hash, in bytes.
    package static func hash(
        _ password: [UInt8], salt: [UInt8], memory: Int, passes: Int, lanes: Int, length: Int
    ) throws(Failure) -> [UInt8] {
        guard
            memories.contains(memory), self.passes.contains(passes), self.lanes.contains(lanes), memory / 8 >= lanes,
            saltLengths.contains(salt.count), lengths.contains(length), let passwordLength = UInt32(exactly: password.count)
        else { throw .outOfBounds }
        var (password, salt, hash) = (password, salt, [UInt8](repeating: 0, count: length))
        let status = unsafe password.withUnsafeMutableBufferPointer { password in
            unsafe salt.withUnsafeMutableBufferPointer { salt in
                unsafe hash.withUnsafeMutableBufferPointer { hash in
                    var context = unsafe argon2_context()
                    unsafe context.out = hash.baseAddress
                    unsafe context.outlen = UInt32(hash.count)
                    unsafe context.pwd = password.baseAddress
                    unsafe context.pwdlen = passwordLength
                    unsafe context.salt = salt.baseAddress
                    unsafe context.saltlen = UInt32(salt.count)
                    unsafe context.t_cost = UInt32(passes)
                    unsafe context.m_cost = UInt32(memory)
                    unsafe context.lanes = UInt32(lanes)
                    // Threads of its own would be as important to the kernel as those that answer requests.
                    unsafe context.threads = 1
                    unsafe context.version = ARGON2_VERSION_13.rawValue
                    unsafe context.allocate_cbk = { unsafe HashMemory.allocate($0, $1) }
                    unsafe context.free_cbk = { unsafe HashMemory.free($0, $1) }
                    return unsafe argon2id_ctx(&context)
                }
            }
        }
        switch status {
        case ARGON2_OK.rawValue: return hash
        case ARGON2_MEMORY_ALLOCATION_ERROR.rawValue: throw .outOfMemory
        default: throw .outOfBounds
        }
    }

    /// Gives the memory of hashes that are done back to the system. To be called when none follows at once.
    package static func releaseMemory() {
        HashMemory.release()
    }
}

/// The memory of hashes, straight from the system: the allocator would keep it for ever. In large pages where the kernel has any, which
/// makes a hash a quarter faster. While one hash follows the other it isn't given back between them, since the kernel empties each page that
/// it gives.
private enum HashMemory {
    private static let largePage = 2 << 20

    /// The library has overwritten it with zeros.
    private static let kept = Mutex(KeptMemory())

    static func allocate(_ memory: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?, _ count: Int) -> Int32 {
        let count = wholePages(count)
        guard let memory = unsafe memory else { return ARGON2_MEMORY_ALLOCATION_ERROR.rawValue }
        if let address = kept.withLock({ $0.take(length: count) }) {
            unsafe memory.pointee = unsafe UnsafeMutablePointer<UInt8>(bitPattern: address)
            return ARGON2_OK.rawValue
        }
        let start = unsafe mmap(nil, count + largePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let start = unsafe start, unsafe start != UnsafeMutableRawPointer(bitPattern: -1) else {
            return ARGON2_MEMORY_ALLOCATION_ERROR.rawValue
        }
        // Large pages begin at multiples of their length; what lies before and behind is given back at once.
        let before = (largePage - Int(bitPattern: start) % largePage) % largePage
        let aligned = unsafe start + before
        if before > 0 { _ = unsafe munmap(start, before) }
        if before < largePage { _ = unsafe munmap(aligned + count, largePage - before) }
        _ = unsafe madvise(aligned, count, MADV_HUGEPAGE)
        unsafe memory.pointee = unsafe aligned.assumingMemoryBound(to: UInt8.self)
        return ARGON2_OK.rawValue
    }

    static func free(_ memory: UnsafeMutablePointer<UInt8>?, _ count: Int) {
        let address = UInt(bitPattern: memory)
        giveBack(kept.withLock { $0.keep(address, length: wholePages(count)) })
    }

    static func release() {
        giveBack(kept.withLock { $0.takeAll() })
    }

    private static func giveBack(_ memory: KeptMemory) {
        for address in memory.addresses { _ = unsafe munmap(UnsafeMutableRawPointer(bitPattern: address), memory.length) }
    }

    private static func wholePages(_ count: Int) -> Int {
        let page = Int(getpagesize())
        return (count + page - 1) / page * page
    }
}
