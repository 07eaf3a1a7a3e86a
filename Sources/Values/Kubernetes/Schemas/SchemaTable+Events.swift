extension SchemaTable {
    /// Types of `io.k8s.api.events.v1`.
    static let events = SchemaTable(
        package: "io.k8s.api.events.v1", alias: "events",
        text: """
            Event *
              action string, apiVersion string, deprecatedCount int32, deprecatedFirstTimestamp time,
              deprecatedLastTimestamp time, deprecatedSource core.EventSource={}, eventTime! microTime, kind string,
              metadata meta.ObjectMeta={}, note string, reason string, regarding core.ObjectReference={}, related
              core.ObjectReference, reportingController string, reportingInstance string, series EventSeries, type
              string
            EventSeries
              count! int32, lastObservedTime! microTime
            """)
}
