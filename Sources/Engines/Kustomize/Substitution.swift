import Documents
import Kubernetes
import WaybillCore

/// Puts variables into rendered resources, in the forms of Flux' `postBuild.substitute`: `${name}`, `${name:=default}`
/// and what shells do to a value on its way. `$${name}` stays as `${name}`. A name without a value or a default is an
/// error: half a manifest must not be applied.
///
/// A text that was nothing but plain YAML is read anew, so that `replicas: ${count}` is a number. A value never becomes
/// more than one value: what stands in a variable is data, not YAML.
struct Substitution {
    /// Annotation or label of resources that are left alone.
    static let disablingKey = "kustomize.toolkit.fluxcd.io/substitute"
    /// The longest text that one value may become.
    static let bytesMax = 1 << 20
    private static let depthMax = 8

    private let variables: [String: String]

    init(_ variables: [String: String]) { self.variables = variables }

    func applied(to resource: Resource) throws(WaybillError) -> Resource {
        let word = resource.annotations[Self.disablingKey] ?? resource.labels[Self.disablingKey]
        guard word != "disabled" else { return resource }
        return try Resource(applied(to: resource.value, [], in: resource))
    }

    /// Members whose values the API takes as texts only, and those whose members or elements it does.
    private static let textMembers: Set<String> = ["apiVersion", "kind", "name", "namespace", "value"]
    private static let textHolders: Set<String> = [
        "labels", "annotations", "matchLabels", "data", "stringData", "binaryData", "args", "command",
    ]

    private static func isText(_ path: [String]) -> Bool {
        guard let last = path.last else { return false }
        return textMembers.contains(last) || path.count >= 2 && textHolders.contains(path[path.count - 2])
    }

    private func applied(to value: Value, _ path: [String], in resource: Resource) throws(WaybillError) -> Value {
        switch value {
        case .string(let text):
            guard text.utf8.contains(UInt8(ascii: "$")) else { return value }
            let result: String
            do throws(Failure) { result = try expanded(text) } catch {
                throw WaybillError(
                    error.code, "\(Pointer(path).fieldPath): \(error.message)",
                    subject: resource.key.description,
                    remedy: error.code == .notFound ? "give it a value, or write ${NAME:=default}" : nil)
            }
            return result == text || Self.isText(path) ? .string(result) : YAMLReader.plainValue(of: result)
        case .array(let elements):
            var result: [Value] = []
            for (index, element) in elements.enumerated() {
                result.append(try applied(to: element, path + [String(index)], in: resource))
            }
            return .array(result)
        case .object(let object):
            var result = Object()
            for member in object {
                var key = member.key
                do throws(Failure) { key = try expanded(member.key) } catch {
                    throw WaybillError(
                        error.code, "\(Pointer(path).fieldPath): \(error.message)", subject: resource.key.description)
                }
                result[key] = try applied(to: member.value, path + [key], in: resource)
            }
            return .object(result)
        default: return value
        }
    }

    // MARK: Texts

    struct Failure: Error {
        var code = WaybillError.Code.invalidInput
        var message: String
    }

    func expanded(_ text: String) throws(Failure) -> String {
        var rest = Substring(text)
        let result = try expanded(&rest, closing: false, depth: 0)
        guard result.utf8.count <= Self.bytesMax else { throw Failure(message: "more than \(Self.bytesMax) bytes") }
        return result
    }

    /// Up to the end, or up to the brace that closes.
    private func expanded(_ rest: inout Substring, closing: Bool, depth: Int) throws(Failure) -> String {
        guard depth <= Self.depthMax else { throw Failure(message: "variables within variables, too deep") }
        var result = ""
        while let first = rest.first {
            if closing, first == "}" { break }
            if rest.hasPrefix("$$") {
                // Two signs are one that means itself.
                result += "$"
                rest = rest.dropFirst(2)
            } else if rest.hasPrefix("${") {
                rest = rest.dropFirst(2)
                result += try variable(&rest, depth: depth)
            } else {
                result.append(first)
                rest = rest.dropFirst()
            }
            guard result.utf8.count <= Self.bytesMax else { throw Failure(message: "more than \(Self.bytesMax) bytes") }
        }
        return result
    }

    private func variable(_ rest: inout Substring, depth: Int) throws(Failure) -> String {
        let wantsLength = rest.hasPrefix("#")
        if wantsLength { rest = rest.dropFirst() }
        let name = String(rest.prefix { $0 == "_" || $0.isASCII && ($0.isLetter || $0.isNumber) })
        guard let first = name.first, !first.isNumber else {
            throw Failure(message: "“${” without the name of a variable; write $${ for the signs themselves")
        }
        rest = rest.dropFirst(name.count)
        let value = variables[name]
        let operation = rest.prefix { ":=-+?^,#%/".contains($0) }
        guard !rest.hasPrefix("}") else {
            rest = rest.dropFirst()
            guard let value else { throw Self.undefined(name) }
            return wantsLength ? String(value.count) : value
        }
        guard !wantsLength else { throw Failure(message: "${#\(name)} takes nothing more") }
        let parser = SubstitutionOperation(operation)
        guard let parser else { throw Failure(message: "${\(name)…: unknown form of a variable") }
        rest = rest.dropFirst(parser.length)
        var argument = try expanded(&rest, closing: true, depth: depth + 1)
        guard rest.hasPrefix("}") else { throw Failure(message: "${\(name) is not closed") }
        rest = rest.dropFirst()
        if argument.count > 4096 { argument = String(argument.prefix(4096)) }
        switch parser {
        case .defaultIfEmpty: return value.flatMap { $0.isEmpty ? nil : $0 } ?? argument
        case .defaultIfUnset: return value ?? argument
        default:
            guard let value else { throw Self.undefined(name) }
            guard let result = parser.apply(to: value, argument) else {
                throw Failure(message: "${\(name)…: “\(Redaction.excerpt(argument))” makes no sense here")
            }
            return result
        }
    }

    private static func undefined(_ name: String) -> Failure {
        Failure(code: .notFound, message: "the variable \(name) has no value")
    }
}
