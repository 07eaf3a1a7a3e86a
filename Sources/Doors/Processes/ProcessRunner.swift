import Foundation
import Subprocess
import SystemPackage
public import WaybillCore

/// Runs programs to their end.
public enum ProcessRunner {
    /// Runs the command and returns how it ended. Throws when it could not be started, took too long or said too much.
    /// Cancelling the task ends the child's whole session.
    public static func run(_ command: Command) async throws(WaybillError) -> Outcome {
        do {
            return try await withThrowingTaskGroup(of: Outcome?.self) { group in
                group.addTask { try await execute(command) }
                group.addTask {
                    try await Task.sleep(for: command.timeout)
                    return nil
                }
                defer { group.cancelAll() }
                guard let first = try await group.next(), let outcome = first else {
                    throw WaybillError(
                        .timeout, "did not end within \(command.timeout)", subject: command.executable)
                }
                return outcome
            }
        } catch let error as WaybillError {
            throw error
        } catch let error as SubprocessError where error.code == .executableNotFound {
            throw WaybillError(
                .notFound, "the program is not installed", subject: command.executable,
                remedy: "install the Debian package that holds it; `waybill doctor` lists what is missing")
        } catch let error as SubprocessError where error.code == .outputLimitExceeded {
            throw WaybillError(
                .limitExceeded, "printed more than \(command.outputBytesMax) bytes", subject: command.executable)
        } catch {
            throw WaybillError(.failed, "could not be run", subject: command.executable, cause: error)
        }
    }

    /// Runs the command and returns its output; any other end than exit status 0 is an error that quotes the last
    /// lines of standard error.
    @discardableResult
    public static func output(of command: Command) async throws(WaybillError) -> Outcome {
        let outcome = try await run(command)
        guard outcome.isSuccess else {
            let lines = outcome.errorText.split(separator: "\n").suffix(5).joined(separator: " | ")
            throw WaybillError(
                .failed, "\(outcome.exit): \(lines)",
                subject: ([command.executable] + command.arguments.prefix(1)).joined(separator: " "))
        }
        return outcome
    }

    private static func execute(_ command: Command) async throws -> Outcome {
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [
            .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(2)),
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .seconds(1)),
        ]
        let executable: Executable =
            command.executable.hasPrefix("/")
            ? .path(FilePath(command.executable)) : .name(command.executable)
        let environment = Environment.custom(
            Dictionary(
                uniqueKeysWithValues: command.environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) }))
        let input = try InputFile.open(command.input, subject: command.executable)
        defer { close(input) }
        let result = try await Subprocess.run(
            executable, arguments: Arguments(command.arguments), environment: environment,
            workingDirectory: command.workingDirectory.map { FilePath($0) }, platformOptions: options,
            input: .fileDescriptor(FileDescriptor(rawValue: input), closeAfterSpawningProcess: false),
            output: .bytes(limit: command.outputBytesMax),
            error: .bytes(limit: command.outputBytesMax))
        let exit: Outcome.Exit =
            switch result.terminationStatus {
            case .exited(let code): .exited(code)
            case .signaled(let signal): .signalled(signal)
            }
        return Outcome(exit: exit, output: result.standardOutput, errorOutput: result.standardError)
    }
}
