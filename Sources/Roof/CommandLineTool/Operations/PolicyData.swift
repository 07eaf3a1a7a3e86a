import Documents
import Files
import WaybillCore

/// Data for policies: JSON and YAML files; a folder's path within is the path in `data`.
enum PolicyData {
    static func read(_ paths: [String]) throws(WaybillError) -> Value {
        var data = Value.object(Object())
        for path in paths {
            guard Files.isFolder(path) else {
                try merge(path, at: [], into: &data)
                continue
            }
            for file in try FolderWalk.files(in: path) {
                guard [".json", ".yaml", ".yml"].contains(where: file.hasSuffix) else { continue }
                let inner = file.dropFirst(path.count).split(separator: "/").dropLast().map(String.init)
                try merge(file, at: inner, into: &data)
            }
        }
        return data
    }

    private static func merge(_ file: String, at path: [String], into data: inout Value) throws(WaybillError) {
        let bytes = try Files.read(file)
        let document: Value
        do {
            document =
                file.hasSuffix(".json")
                ? try JSONReader.value(from: bytes) : try YAMLReader.node(from: bytes).value
        } catch {
            throw error.inFile(file)
        }
        guard document.object != nil else {
            throw WaybillError(.invalidInput, "data must be an object, found \(document.typeName)", subject: file)
        }
        var nested = document
        for name in path.reversed() { nested = [name: nested] }
        guard let merged = merged(data, nested) else {
            throw WaybillError(.conflict, "the data has a value where another file has another", subject: file)
        }
        data = merged
    }

    /// Nil where both have a value at the same place.
    private static func merged(_ left: Value, _ right: Value) -> Value? {
        guard var object = left.object, let other = right.object else { return nil }
        for member in other {
            if let known = object[member.key] {
                guard let both = merged(known, member.value) else { return nil }
                object[member.key] = both
            } else {
                object[member.key] = member.value
            }
        }
        return .object(object)
    }
}
