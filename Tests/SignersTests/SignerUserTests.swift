import Attestations
import Files
import Foundation
import Processes
import Testing
import Trust
import WaybillCore

@testable import Signers

/// Who the signer is on the machine.
struct SignerUserTests {
    private static let own: Bool = if case .own = SignerUser.standing() { true } else { false }

    @Test func `without the user, and as root under another name, it stays who it is and says why`() {
        guard case .same(let reason) = SignerUser.standing("no-such-user-\(UInt32.random(in: .min ... .max))") else {
            Issue.record("a user that there is not was found")
            return
        }
        #expect(!reason.isEmpty)
        if geteuid() == 0 {
            #expect(SignerUser.standing("root") != .own(name: "root", user: 0, group: 0))
        }
        #expect(SignerUser.same(reason: "x").description.hasSuffix(": x"))
    }

    @Test func `a process that stays who it is changes nothing`() throws {
        let folder = try SignerFolder()
        defer { folder.clean() }
        let before = FileStatus(of: folder.path)
        try SignerUser.same(reason: "test").enter(folder.path, files: ["key.pem"])
        #expect(FileStatus(of: folder.path) == before)
    }
}
