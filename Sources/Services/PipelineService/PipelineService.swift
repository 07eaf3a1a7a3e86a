// PipelineService
