import Callers
import Testing

@testable import Shared

@Suite("Permissions")
struct PermissionTests {
    @Test("The numbers are those of the notes")
    func numbers() {
        #expect(Permission.read.rawValue == 1)
        #expect(Permission.write.rawValue == 2)
        #expect(Permission.modify.rawValue == 4)
        #expect(Permission.delete.rawValue == 8)
        #expect(Permission.everything.rawValue == 15)
        #expect(Realm.client.usualPermission.rawValue == 7)
        #expect(Realm.cinema.usualPermission.rawValue == 15)
        #expect(Realm.admin.usualPermission.rawValue == 15)
        #expect(Permission.blacklisted.rawValue == 1)
    }

    @Test("By bits, every needed bit must be held", arguments: 0...15, 0...15)
    func bits(held: Int, needed: Int) {
        let allowed = PermissionPolicy.bits.allows(Permission(rawValue: needed), holding: Permission(rawValue: held))
        #expect(allowed == (held & needed == needed))
    }

    @Test("By levels, a larger number includes the smaller ones", arguments: 0...15, 0...15)
    func levels(held: Int, needed: Int) {
        let allowed = PermissionPolicy.levels.allows(Permission(rawValue: needed), holding: Permission(rawValue: held))
        #expect(allowed == (held >= needed))
    }

    @Test("An administrator can set 0 to 15 and nothing else")
    func changes() throws {
        for number in 0...15 {
            #expect(try AccountChange(permission: number).permission?.rawValue == number)
        }
        for number in [-1, 16, 100, Int.max, Int.min] {
            #expect(throws: Refusal.permissionInvalid) { try AccountChange(permission: number) }
        }
        #expect(try AccountChange().permission == nil)
        #expect(try AccountChange(disabled: true).disabled == true)
    }
}

@Suite("What an account may do to a resource")
struct PermissionRuleTests {
    private let grants = [
        PermissionGrant(resource: "orders", bits: .read), PermissionGrant(resource: "orders", bits: [.write, .delete]),
        PermissionGrant(resource: "*", bits: .modify), PermissionGrant(resource: "movies", bits: .everything),
    ]

    @Test("By bits it is the union of all that reaches it, masked by the account's own field", arguments: 0...15)
    func bits(mask: Int) {
        let mask = Permission(rawValue: mask)
        #expect(PermissionPolicy.bits.effective(grants, on: "orders", mask: mask) == mask)
        #expect(PermissionPolicy.bits.effective(grants, on: "halls", mask: mask) == mask.intersection(.modify))
        #expect(PermissionPolicy.bits.effective(grants, on: "*", mask: mask) == mask.intersection(.modify))
        #expect(PermissionPolicy.bits.effective([], on: "orders", mask: mask) == [])
    }

    @Test("By levels it is the largest number, and the account's own field where that is smaller", arguments: 0...15)
    func levels(mask: Int) {
        #expect(PermissionPolicy.levels.effective(grants, on: "orders", mask: Permission(rawValue: mask)).rawValue == min(mask, 10))
        #expect(PermissionPolicy.levels.effective(grants, on: "halls", mask: Permission(rawValue: mask)).rawValue == min(mask, 4))
    }

    @Test("A scope holds a merchant's things, or those of some of its cinemas, or everybody's")
    func scopes() {
        #expect(MerchantScope.everybody.holds(merchantID: 1, cinemaID: 2))
        #expect(MerchantScope.merchant(1).holds(merchantID: 1, cinemaID: 2))
        #expect(!MerchantScope.merchant(2).holds(merchantID: 1, cinemaID: 2))
        #expect(MerchantScope.merchant(1, cinemaIDs: [2, 3]).holds(merchantID: 1, cinemaID: 2))
        #expect(!MerchantScope.merchant(1, cinemaIDs: [3]).holds(merchantID: 1, cinemaID: 2))
        #expect(!MerchantScope.merchant(1, cinemaIDs: []).holds(merchantID: 1, cinemaID: 2))
    }
}
