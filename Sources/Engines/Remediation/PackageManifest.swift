import Documents
import Packages
public import WaybillCore

/// A package.json: what the project asks for, and its text.
public struct PackageManifest: Sendable {
    public private(set) var requirements: [Requirement]
    private let bytes: [UInt8]
    private let file: String

    static let sections = ["dependencies", "devDependencies", "optionalDependencies"]

    public init(_ bytes: [UInt8], file: String) throws(WaybillError) {
        self.bytes = bytes
        self.file = file
        let node: Node
        do {
            node = try JSONReader.node(from: bytes, limits: DocumentLimits(depthMax: 64))
        } catch {
            throw error.inFile(file, remedy: "check the file with npm")
        }
        requirements = Self.requirements(of: node.value, isRoot: true)
    }

    /// The requirements in a package.json or in an entry of a lockfile.
    static func requirements(of value: Value, isRoot: Bool) -> [Requirement] {
        var byName: [String: Requirement] = [:]
        for section in sections + (isRoot ? [] : ["peerDependencies"]) {
            if section == "devDependencies", !isRoot { continue }
            for member in value[section]?.object ?? Object() {
                guard let constraint = member.value.string else { continue }
                if section == "peerDependencies",
                    value["peerDependenciesMeta"]?[member.key]?["optional"]?.bool == true || byName[member.key] != nil
                {
                    continue
                }
                var requirement = requirement(member.key, constraint)
                requirement.isDevelopment = section == "devDependencies"
                requirement.isOptional = section == "optionalDependencies"
                byName[member.key] = requirement
            }
        }
        return byName.values.sorted { $0.installedName < $1.installedName }
    }

    /// `npm:other@^1.0.0` asks for another package under this name.
    private static func requirement(_ name: String, _ constraint: String) -> Requirement {
        guard constraint.hasPrefix("npm:") else { return Requirement(name: name, constraint: constraint) }
        let target = constraint.dropFirst(4)
        guard let at = target.dropFirst().firstIndex(of: "@") else {
            return Requirement(name: String(target), alias: name, constraint: "*")
        }
        return Requirement(
            name: String(target[..<at]), alias: name, constraint: String(target[target.index(after: at)...]))
    }

    /// The file with new constraints; everything else stays byte for byte.
    public func text(changing updates: [RemediationPatch.Update]) throws(WaybillError) -> [UInt8] {
        var editor = try JSONTextEditor(bytes, file: file)
        for requirement in requirements {
            guard
                let update = updates.first(where: { $0.name == requirement.name && $0.from == requirement.constraint })
            else { continue }
            let text = requirement.alias == nil ? update.to : "npm:\(requirement.name)@\(update.to)"
            for section in Self.sections { editor.replace([section, requirement.installedName], with: .string(text)) }
        }
        return editor.result
    }
}
