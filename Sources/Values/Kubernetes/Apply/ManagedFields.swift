public import Documents
public import WaybillCore

/// `metadata.managedFields`: who set which fields.
public struct ManagedFields: Hashable, Sendable {
    /// A manager is known by its name, its way of writing, and where it wrote.
    public struct Manager: Hashable, Sendable {
        public enum Operation: String, Sendable { case apply = "Apply", update = "Update" }
        public var name: String
        public var operation: Operation
        public var apiVersion: String
        public var subresource: String

        public init(_ name: String, _ operation: Operation, apiVersion: String, subresource: String = "") {
            self.name = name
            self.operation = operation
            self.apiVersion = apiVersion
            self.subresource = subresource
        }
    }

    public struct Entry: Hashable, Sendable {
        public var fields: FieldSet
        /// RFC 3339.
        public var time: String

        public init(fields: FieldSet, time: String) {
            self.fields = fields
            self.time = time
        }
    }

    public var entries: [Manager: Entry] = [:]

    public init() {}

    /// From an object's metadata. Throws `.invalidInput` for an entry that cannot be read.
    public init(_ value: Value?) throws(WaybillError) {
        for item in value?.array ?? [] {
            guard let name = item["manager"]?.string,
                let operation = item["operation"]?.string.flatMap(Manager.Operation.init(rawValue:)),
                let apiVersion = item["apiVersion"]?.string
            else {
                throw WaybillError(
                    .invalidInput, "an entry lacks manager, operation or apiVersion", subject: "managedFields")
            }
            let manager = Manager(
                name, operation, apiVersion: apiVersion, subresource: item["subresource"]?.string ?? "")
            entries[manager] = Entry(
                fields: try FieldSet(fieldsV1: item["fieldsV1"] ?? [:]), time: item["time"]?.string ?? "")
        }
    }

    /// As the object carries it: by operation, then by time, then by name.
    public var value: Value {
        let sorted = entries.sorted { left, right in
            let one = (
                left.key.operation.rawValue, left.value.time, left.key.name, left.key.subresource, left.key.apiVersion
            )
            let other = (
                right.key.operation.rawValue, right.value.time, right.key.name, right.key.subresource,
                right.key.apiVersion
            )
            return one < other
        }
        return .array(
            sorted.map { manager, entry in
                var value: Value = [
                    "apiVersion": .string(manager.apiVersion), "fieldsType": "FieldsV1",
                    "fieldsV1": entry.fields.fieldsV1,
                    "manager": .string(manager.name), "operation": .string(manager.operation.rawValue),
                ]
                if !manager.subresource.isEmpty { value["subresource"] = .string(manager.subresource) }
                if !entry.time.isEmpty { value["time"] = .string(entry.time) }
                return value
            })
    }
}
