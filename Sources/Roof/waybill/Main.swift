import CommandLineTool
import Dispatch
import Foundation

@main
struct Main {
    // Not `async`: a command that needs no other thread starts none.
    static func main() {
        if let status = Waybill.runQuickly(CommandLine.arguments) { exit(status) }
        if let status = Waybill.becomeSigner(CommandLine.arguments) { exit(status) }
        Task {
            await Waybill.run()
            exit(0)
        }
        dispatchMain()
    }
}
