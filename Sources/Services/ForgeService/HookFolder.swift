import Files
import Foundation
import WaybillCore

/// The folder of hooks that all hosted repositories share.
struct HookFolder: Sendable {
    let path: String
    let program: String

    /// Runs the program that the forge names. Where none is named, the push did not come through the forge.
    private static let script = """
        #!/bin/sh
        # Written by the forge: no push is accepted without its answer.
        exec "${\(HookMessage.programVariable):?the push did not come through the forge}" hook pre-receive

        """

    private var file: String { "\(path)/pre-receive" }

    func install() throws(WaybillError) {
        try Files.makeFolder(path, mode: 0o700)
        try Files.write(Array(Self.script.utf8), to: file, mode: 0o700)
        chmod(file, 0o700)
    }

    /// Git runs no hook where it finds none that it can execute, and then accepts the push. So every push looks first.
    func check() throws(WaybillError) {
        let isIntact: Bool
        do throws(WaybillError) {
            isIntact = try Files.read(file, bytesMax: 4096) == Array(Self.script.utf8) && access(file, X_OK) == 0
        } catch {
            isIntact = false
        }
        if !isIntact { try install() }
    }
}
