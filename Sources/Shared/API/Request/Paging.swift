package import HTTP
package import Shared

extension Call {
    /// Which part of a list the caller wants.
    package var pageRequest: PageRequest {
        PageRequest(limit: limit, cursor: cursor)
    }
}

extension Reply {
    /// 200 with a part of a list.
    package static func page(_ page: Page<Value>, cache: CachePolicy = .noStore) -> Reply {
        .page(page.items, next: page.next, cache: cache)
    }
}
