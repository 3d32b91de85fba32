import Callers
package import Database
import Pictures

/// The pictures that are uploaded, and what they are shown of.
///
/// Reads take any session; writes take a transaction, which a thrown refusal must roll back.
package struct Gallery: Sendable {
    private let store = PictureStore()
    private let workshop: PictureWorkshop
    private let pool: PostgresPool

    package init(workshop: PictureWorkshop, pool: PostgresPool) {
        self.workshop = workshop
        self.pool = pool
    }

    /// A picture that is ready to be stored.
    package enum Upload: Sendable {
        /// Its content is there already.
        case known(StoredPicture)
        case new(NewPicture)
    }

    /// The media types of the files that are read, as `image/png`.
    package static let mediaTypes = PictureFormat.allCases.map(\.mediaType)
    /// The longest file that is read.
    package static let maximumBytes = PictureLimits.bytes

    /// Makes of a file what will be shown, outside of any transaction. The same content is decoded once.
    ///
    /// - Parameters:
    ///   - contentType: what the sender says that it is.
    ///   - sender: whose turn it is among others.
    /// - Throws: ``Refusal/ofPictures``, ``Refusal/busy``.
    package func prepare(_ bytes: [UInt8], contentType: String?, sender: Int64) async throws -> Upload {
        let type = contentType?.lowercased() ?? ""
        guard let declared = PictureFormat.allCases.first(where: { type.hasPrefix($0.mediaType) }) else {
            throw Refusal.pictureTypeUnknown
        }
        let hash = PictureHash(of: bytes)
        if let picture = try await store.picture(hash, in: pool) {
            guard picture.format == declared else { throw Refusal(.mislabelled(picture.format)) }
            return .known(picture)
        }
        let prepared = try await workshop.prepare(bytes, declaredAs: declared, for: String(sender))
        return .new(NewPicture(hash: hash, byteCount: bytes.count, prepared: prepared))
    }

    /// Stores a picture, unless its content is there already. Either way it stays for a while without being shown anywhere.
    ///
    /// - Parameters:
    ///   - merchantID: whose quota counts it; `nil` for the platform's own.
    ///   - checkRoom: asked before a row is added.
    /// - Throws: ``Refusal/busy`` when the picture was deleted at this moment; the errors of `checkRoom`.
    package func add(
        _ upload: Upload, merchantID: Int64?, in transaction: PostgresTransaction, checkRoom: () async throws -> Void
    ) async throws -> StoredPicture {
        switch upload {
        case .known(let picture):
            guard try await store.keep(picture.hash, in: transaction) else { throw Refusal.busy }
            return picture
        case .new(let new):
            if try await !store.keep(new.hash, in: transaction) {
                try await checkRoom()
                try await store.add(new, merchantID: merchantID, in: transaction)
            }
            guard let picture = try await store.picture(new.hash, in: transaction) else { throw Refusal.busy }
            return picture
        }
    }

    /// The bytes of a picture in one of its widths: the narrowest that is at least as wide, else the widest.
    ///
    /// - Parameter width: pixels; `nil` for the widest.
    /// - Throws: ``Refusal/notFound``.
    package func rendition(_ hash: PictureHash, width: Int?, in session: some PostgresSession) async throws -> PictureFile {
        guard let rendition = try await store.rendition(hash, width: width, in: session) else { throw Refusal.notFound }
        return rendition
    }

    /// Deletes pictures that nothing has shown for so long, at most a number of them.
    ///
    /// - Returns: how many.
    package func deleteUnused(for age: Duration, limit: Int, in session: some PostgresSession) async throws -> Int {
        try await store.deleteUnused(for: age, limit: limit, in: session)
    }
}

/// The pictures that a thing is to have in a role.
struct WantedPictures: Sendable {
    let role: PictureRole
    let hashes: [PictureHash]
    /// Where the body names them.
    private let pointer: String
    private let isList: Bool

    /// In a role that only one has.
    static func one(_ role: PictureRole, _ hash: PictureHash?, at pointer: String) -> WantedPictures {
        WantedPictures(role: role, hashes: hash.map { [$0] } ?? [], pointer: pointer, isList: false)
    }

    static func list(_ role: PictureRole, _ hashes: [PictureHash], at pointer: String) -> WantedPictures {
        WantedPictures(role: role, hashes: hashes, pointer: pointer, isList: true)
    }

    func pointer(toPlace index: Int) -> String { isList ? "\(pointer)/\(index)" : pointer }
}

/// Decides which pictures a thing has.
struct ShownPictures: Sendable {
    private let store = ShownPictureStore()

    /// Gives a thing these pictures in place of those that it has in these roles. The caller holds the lock of the thing's own row.
    ///
    /// - Throws: ``Refusal/pictureUnknown``, ``Refusal/pictureRepeated``.
    func replace(_ wanted: [WantedPictures], of subject: PictureSubject, in transaction: PostgresTransaction) async throws {
        var changed: [WantedPictures] = []
        var touched: Set<PictureHash> = []
        for pictures in wanted {
            let hashes = pictures.hashes
            for (index, hash) in hashes.enumerated() where hashes.firstIndex(of: hash) != index {
                throw Refusal.pictureRepeated(at: pictures.pointer(toPlace: index))
            }
            let former = try await store.hashes(pictures.role, of: subject, in: transaction)
            guard former != hashes else { continue }
            changed.append(pictures)
            touched.formUnion(former + hashes)
        }
        guard !changed.isEmpty else { return }
        // All of them at once, so that everybody locks them in one order.
        let known = try await store.lock(touched, in: transaction)
        for pictures in changed {
            if let index = pictures.hashes.firstIndex(where: { !known.contains($0) }) {
                throw Refusal.pictureUnknown(at: pictures.pointer(toPlace: index))
            }
        }
        for pictures in changed { try await store.replace(pictures.role, of: subject, with: pictures.hashes, in: transaction) }
        try await store.noteUse(of: touched, in: transaction)
    }

    /// Takes away the pictures of things that are deleted, so that they go when nothing else shows them.
    func removeAll(_ role: PictureRole, of subjects: [PictureSubject], in transaction: PostgresTransaction) async throws {
        var removed: Set<PictureHash> = []
        for subject in subjects { removed.formUnion(try await store.hashes(role, of: subject, in: transaction)) }
        guard !removed.isEmpty else { return }
        // All of them at once, so that everybody locks them in one order.
        _ = try await store.lock(removed, in: transaction)
        for subject in subjects { try await store.replace(role, of: subject, with: [], in: transaction) }
        try await store.noteUse(of: removed, in: transaction)
    }
}
