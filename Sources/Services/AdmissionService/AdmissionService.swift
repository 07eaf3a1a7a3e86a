// AdmissionService
