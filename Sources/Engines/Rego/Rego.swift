// Rego
