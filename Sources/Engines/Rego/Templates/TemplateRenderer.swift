/// Writes a template's text for some data.
struct TemplateRenderer {
    typealias Node = TextTemplate.Node
    typealias Pipeline = TextTemplate.Pipeline
    typealias Operand = TextTemplate.Operand

    private enum Flow { case on, breaks, continues }

    private let template: TextTemplate
    private let root: RegoValue?
    private var output = ""
    private var variables: [(name: String, value: RegoValue?)] = []
    private var current = TextTemplate.mainName
    private var depth = 0
    private var steps = 0

    init(_ template: TextTemplate, _ data: RegoValue) {
        self.template = template
        root = data
        variables = [("$", data)]
    }

    mutating func text() throws(BuiltinFailure) -> String {
        _ = try render(template.templates[TextTemplate.mainName] ?? [], root)
        return output
    }

    private func fail(_ message: String, _ operand: Operand) -> BuiltinFailure {
        fail(message, at: operand.position, operand.text)
    }

    private func fail(_ message: String, at position: Int, _ text: String) -> BuiltinFailure {
        let (line, column) = TextTemplate.place(position, template.source)
        return BuiltinFailure(
            "template: \(TextTemplate.mainName):\(line):\(column): executing \(GoText.quoted(current)) at <\(text)>: "
                + message)
    }

    // MARK: Nodes

    private mutating func render(_ nodes: [Node], _ dot: RegoValue?) throws(BuiltinFailure) -> Flow {
        for node in nodes {
            steps += 1
            guard steps <= TextTemplate.stepsMax, output.utf8.count < TextTemplate.outputMax else {
                throw BuiltinFailure("template: the result is too long")
            }
            switch node {
            case .text(let text): output += text
            case .output(let pipeline):
                let value = try value(pipeline, dot)
                if pipeline.variables.isEmpty { output += value.map(TemplateFunctions.text) ?? "<no value>" }
            case .condition(let pipeline, let then, let otherwise):
                let mark = variables.count
                defer { forget(mark) }
                let branch = TemplateFunctions.isTrue(try value(pipeline, dot)) ? then : otherwise
                let flow = try render(branch, dot)
                guard flow == .on else { return flow }
            case .with(let pipeline, let then, let otherwise):
                let mark = variables.count
                defer { forget(mark) }
                let inner = try value(pipeline, dot)
                let flow = TemplateFunctions.isTrue(inner) ? try render(then, inner) : try render(otherwise, dot)
                guard flow == .on else { return flow }
            case .range(let pipeline, let body, let otherwise):
                let flow = try range(pipeline, body, otherwise, dot)
                guard flow == .on else { return flow }
            case .template(let name, let pipeline, let position):
                try render(named: name, pipeline, position, dot)
            case .breakLoop: return .breaks
            case .continueLoop: return .continues
            }
        }
        return .on
    }

    private mutating func forget(_ mark: Int) { variables.removeLast(variables.count - mark) }

    private mutating func range(
        _ pipeline: Pipeline, _ body: [Node], _ otherwise: [Node], _ dot: RegoValue?
    ) throws(BuiltinFailure) -> Flow {
        let mark = variables.count
        defer { forget(mark) }
        var silent = pipeline
        silent.variables = []
        let collection = try value(silent, dot)
        let members: [(RegoValue, RegoValue)]
        switch collection {
        case .array(let elements)?: members = elements.enumerated().map { (.int($0), $1) }
        case .object(let object)?: members = object.map { ($0.key, $0.value) }
        case .number(let number)? where (0...TextTemplate.stepsMax).contains(number.int ?? -1):
            members = (0..<(number.int ?? 0)).map { (.int($0), .int($0)) }
        case nil, .null?: members = []
        case let other?:
            let operand = pipeline.commands[0][0]
            throw fail("range can't iterate over \(TemplateFunctions.text(other))", operand)
        }
        guard !members.isEmpty else { return try render(otherwise, dot) }
        for (key, element) in members {
            let inner = variables.count
            defer { forget(inner) }
            let values = pipeline.variables.count == 2 ? [key, element] : [element]
            for (name, value) in zip(pipeline.variables, values) { set(name, value, pipeline.isAssignment) }
            if try render(body, element) == .breaks { break }
        }
        return .on
    }

    private mutating func render(
        named name: String, _ pipeline: Pipeline?, _ position: Int, _ dot: RegoValue?
    ) throws(BuiltinFailure) {
        guard let nodes = template.templates[name] else {
            throw fail(
                "template \(GoText.quoted(name)) not defined", at: position, "{{template \(GoText.quoted(name))}}")
        }
        guard depth < TextTemplate.depthMax else {
            throw fail(
                "exceeded maximum template depth (\(TextTemplate.depthMax))", at: position,
                "{{template \(GoText.quoted(name))}}")
        }
        let about: RegoValue? = if let pipeline { try value(pipeline, dot) } else { nil }
        let outer = (variables, current)
        (variables, current) = ([("$", about)], name)
        depth += 1
        _ = try render(nodes, about)
        depth -= 1
        (variables, current) = outer
    }

    // MARK: Values

    private mutating func set(_ name: String, _ value: RegoValue?, _ isAssignment: Bool) {
        if isAssignment, let index = variables.lastIndex(where: { $0.name == name }) {
            variables[index].value = value
        } else {
            variables.append((name, value))
        }
    }

    private mutating func value(_ pipeline: Pipeline, _ dot: RegoValue?) throws(BuiltinFailure) -> RegoValue? {
        var result: RegoValue?
        for (index, command) in pipeline.commands.enumerated() {
            result = try value(command, dot, last: index > 0 ? .some(result) : nil)
        }
        if let name = pipeline.variables.first {
            if pipeline.isAssignment, !variables.contains(where: { $0.name == name }) {
                throw BuiltinFailure("template: \(TextTemplate.mainName): undefined variable \(GoText.quoted(name))")
            }
            set(name, result, pipeline.isAssignment)
        }
        return result
    }

    private mutating func value(
        _ command: [Operand], _ dot: RegoValue?, last: RegoValue??
    ) throws(BuiltinFailure) -> RegoValue? {
        let first = command[0]
        guard case .function(let name) = first.kind else {
            guard command.count == 1, last == nil else {
                throw fail("can't give argument to non-function \(first.text)", first)
            }
            if case .absent = first.kind { throw fail("nil is not a command", first) }
            return try value(first, dot)
        }
        var arguments: [RegoValue?] = []
        for operand in command.dropFirst() {
            let next = try value(operand, dot)
            arguments.append(next)
            // What decides ends the asking.
            if name == "and", !TemplateFunctions.isTrue(next) { return next }
            if name == "or", TemplateFunctions.isTrue(next) { return next }
        }
        if let last { arguments.append(last) }
        do throws(TemplateFunctions.Refusal) {
            return try TemplateFunctions.call(name, arguments)
        } catch {
            throw fail(error.isCall ? "error calling \(name): \(error.message)" : error.message, first)
        }
    }

    private mutating func value(_ operand: Operand, _ dot: RegoValue?) throws(BuiltinFailure) -> RegoValue? {
        switch operand.kind {
        case .value(let value): return value
        case .dot: return dot
        case .absent: return nil
        case .function(let name):
            do throws(TemplateFunctions.Refusal) {
                return try TemplateFunctions.call(name, [])
            } catch {
                throw fail(error.isCall ? "error calling \(name): \(error.message)" : error.message, operand)
            }
        case .field(let names): return try field(names, of: dot, operand)
        case .variable(let name, let names):
            guard let known = variables.last(where: { $0.name == name }) else {
                throw BuiltinFailure("template: \(TextTemplate.mainName): undefined variable \(GoText.quoted(name))")
            }
            return try field(names, of: known.value, operand)
        case .group(let pipeline, let names): return try field(names, of: try value(pipeline, dot), operand)
        }
    }

    private func field(
        _ names: [String], of start: RegoValue?, _ operand: Operand
    ) throws(BuiltinFailure) -> RegoValue? {
        var current = start
        for name in names {
            switch current {
            case .object(let object)?:
                guard let next = object[.string(name)] else {
                    throw fail("map has no entry for key \(GoText.quoted(name))", operand)
                }
                current = next
            case nil, .null?: throw fail("nil data; no entry for key \(GoText.quoted(name))", operand)
            case let other?:
                throw fail("can't evaluate field \(name) in type \(TemplateFunctions.typeName(other))", operand)
            }
        }
        return current == .null ? nil : current
    }
}
