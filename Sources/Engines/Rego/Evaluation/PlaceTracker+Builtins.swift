/// Builtins whose results are parts of what they are given.
extension PlaceTracker {
    /// Where the result of the call that just ended comes from. What it looked for in the input is read.
    func place(ofResultOf builtin: String, _ arguments: [(value: RegoValue, place: Place?)]) -> Place? {
        switch builtin {
        case "object.get" where arguments.count == 3:
            guard let start = arguments[0].place else { return nil }
            var keys = [arguments[1].value]
            if case .array(let path) = arguments[1].value { keys = path }
            var place: Place? = start
            var value: RegoValue? = arguments[0].value
            for key in keys {
                value = value?[key]
                place = place.flatMap { current in withUnsafePointer(to: key) { current.member(key, $0) } }
            }
            read(place, isCondition: false)
            // What is absent is the default, which comes from elsewhere.
            return value == nil ? arguments[2].place : place
        case "array.concat":
            var elements: [RegoValue: Place] = [:]
            for argument in arguments {
                guard let place = argument.place, case .array(let values) = argument.value else { continue }
                for (index, value) in values.enumerated() where elements[value] == nil {
                    elements[value] = withUnsafePointer(to: value) { place.member(.int(index), $0) }
                }
            }
            return elements.isEmpty ? nil : Place(elements: elements)
        default: return nil
        }
    }
}
