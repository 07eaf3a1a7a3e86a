/// An object that grows at any depth and refuses two values at one place.
final class DocumentBuilder {
    private enum Content {
        case value(RegoValue)
        case elements([RegoValue])
        case members(DocumentBuilder)
    }

    private var members: [RegoValue: Content] = [:]

    var value: RegoValue {
        .object(
            RegoObject(
                members.map { key, content in
                    let value: RegoValue =
                        switch content {
                        case .value(let value): value
                        case .elements(let elements): .set(RegoSet(elements))
                        case .members(let builder): builder.value
                        }
                    return .init(key: key, value: value)
                }))
    }

    func insert(_ value: RegoValue, at path: [RegoValue], isElement: Bool, _ location: Location) throws(RegoError) {
        let conflict = RegoError(.conflict, "object keys must be unique", at: location)
        guard let key = path.first else { throw conflict }
        if path.count > 1 {
            switch members[key] {
            case nil:
                let builder = DocumentBuilder()
                members[key] = .members(builder)
                try builder.insert(value, at: Array(path.dropFirst()), isElement: isElement, location)
            case .members(let builder):
                try builder.insert(value, at: Array(path.dropFirst()), isElement: isElement, location)
            default: throw conflict
            }
            return
        }
        switch members[key] {
        case nil: members[key] = isElement ? .elements([value]) : .value(value)
        case .elements(var elements) where isElement:
            // Taken out first, so that the list grows in place.
            members[key] = nil
            elements.append(value)
            members[key] = .elements(elements)
        case .value(let existing) where !isElement && existing == value: break
        // A whole set and elements of it are one set.
        case .elements(let elements):
            guard let set = value.set else { throw conflict }
            members[key] = .elements(elements + set.elements)
        case .value(.set(let set)) where isElement: members[key] = .elements(set.elements + [value])
        default: throw conflict
        }
    }
}
