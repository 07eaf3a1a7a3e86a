import Documents
import KubernetesAPI
import Testing

@Suite
struct `Column paths and field errors` {
    @Test
    func `A field error is written as a cause of a status`() {
        let error = FieldError.required("spec.selector", "")
        #expect(error.value["field"]?.string == "spec.selector")
        #expect(error.value["reason"]?.string == "FieldValueRequired")
    }
}
