import Testing

@testable import HTTP

@Suite struct ProgramTextTests {
    @Test func `Code of a file is what is given back`() {
        let line = "5599dc958000-5599de395000 r-xp 00000000 fe:00 5318604                    /usr/lib/piao/ClientService"
        #expect(ProgramText.codeRange(line) == 0x5599_dc95_8000..<0x5599_de39_5000)
    }

    @Test(
        arguments: [
            "5599de396000-5599de461000 r--p 01a3d000 fe:00 5318604                    /usr/lib/piao/ClientService",
            "5599de461000-5599de64c000 rw-p 01b08000 fe:00 5318604                    /usr/lib/piao/ClientService",
            "5599de461000-5599de64c000 rwxp 01b08000 fe:00 5318604                    /usr/lib/piao/ClientService",
            "7ffd2a5f2000-7ffd2a5f4000 r-xp 00000000 00:00 0                          [vdso]",
            "7f0000000000-7f0000001000 r-xp 00000000 00:00 0",
            "7f0000001000-7f0000000000 r-xp 00000000 fe:00 1 /usr/lib/backwards",
            "nonsense", "",
        ]
    )
    func `Nothing else is: what can be written holds what the file doesn't`(line: String) {
        #expect(ProgramText.codeRange(line) == nil)
    }

    @Test func `The program goes on after its code was given back`() {
        #expect(ProgramText.release() > 1 << 20)
    }
}
