import Foundation
import Testing

/// Reads the imports of every source file and refuses an arrow that runs up a floor or in a circle.
struct ArchitectureTests {
    static let floors = ["System", "Values", "Engines", "Doors", "Services", "Roof"]
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    struct Module {
        var name: String
        var floor: Int
        /// Imported module names with one file that imports each.
        var imports: [String: String]
    }

    static func modules() throws -> [String: Module] {
        var modules: [String: Module] = [:]
        for (number, floor) in floors.enumerated() {
            let folder = root.appending(path: "Sources/\(floor)")
            for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
                var imports: [String: String] = [:]
                let files = FileManager.default.enumerator(atPath: folder.appending(path: name).path)
                for case let file as String in files ?? .init() where file.hasSuffix(".swift") {
                    let text = try String(contentsOf: folder.appending(path: "\(name)/\(file)"), encoding: .utf8)
                    for line in text.split(separator: "\n") {
                        let words = line.split(separator: " ")
                        guard let word = words.firstIndex(of: "import"), word <= 2, words.count > word + 1,
                            !line.hasPrefix(" "), !line.hasPrefix("//")
                        else { continue }
                        let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "let", "var"]
                        let path = kinds.contains(words[word + 1]) ? words[word + 2] : words[word + 1]
                        imports[String(path.split(separator: ".")[0])] = "\(floor)/\(name)/\(file)"
                    }
                }
                modules[name] = Module(name: name, floor: number, imports: imports)
            }
        }
        return modules
    }

    @Test func `no import runs up a floor`() throws {
        let modules = try Self.modules()
        #expect(modules.count > 20)
        for module in modules.values {
            for (imported, file) in module.imports {
                guard let other = modules[imported] else { continue }
                #expect(other.floor <= module.floor, "\(file) imports \(imported), which lives above it")
            }
        }
    }

    @Test func `no imports run in a circle`() throws {
        let modules = try Self.modules()
        var done = Set<String>()
        func visit(_ name: String, _ path: [String]) {
            guard let module = modules[name], !done.contains(name) else { return }
            if path.contains(name) {
                Issue.record("circle: \((path + [name]).joined(separator: " → "))")
                return
            }
            for imported in module.imports.keys.sorted() where imported != name { visit(imported, path + [name]) }
            done.insert(name)
        }
        for name in modules.keys.sorted() { visit(name, []) }
    }

    @Test func `values and engines reach neither disk nor network nor clock`() throws {
        let doorsOnly: Set<String> = [
            "NIOCore", "NIOPosix", "NIOSSL", "AsyncHTTPClient", "Hummingbird", "GRDB", "Subprocess", "Logging",
        ]
        for module in try Self.modules().values where module.floor <= 2 {
            for (imported, file) in module.imports where doorsOnly.contains(imported) {
                Issue.record("\(file) imports \(imported)")
            }
        }
    }
}
