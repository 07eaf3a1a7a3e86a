extension SchemaTable {
    /// Types of `io.k8s.api.core.v1` from AWSElasticBlockStoreVolumeSource to EventSeries.
    static let coreA = SchemaTable(
        package: "io.k8s.api.core.v1", alias: "core",
        text: """
            AWSElasticBlockStoreVolumeSource
              fsType string, partition int32, readOnly bool, volumeID! string
            Affinity
              nodeAffinity NodeAffinity, podAffinity PodAffinity, podAntiAffinity PodAntiAffinity
            AppArmorProfile
              localhostProfile string, type! string
            AttachedVolume
              devicePath! string, name! string
            AzureDiskVolumeSource
              cachingMode string=ReadWrite, diskName! string, diskURI! string, fsType string=ext4, kind string=Shared,
              readOnly bool=false
            AzureFilePersistentVolumeSource
              readOnly bool, secretName! string, secretNamespace string, shareName! string
            AzureFileVolumeSource
              readOnly bool, secretName! string, shareName! string
            Binding *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, target! ObjectReference={}
            CSIPersistentVolumeSource
              controllerExpandSecretRef SecretReference, controllerPublishSecretRef SecretReference, driver! string,
              fsType string, nodeExpandSecretRef SecretReference, nodePublishSecretRef SecretReference,
              nodeStageSecretRef SecretReference, readOnly bool, volumeAttributes {string}, volumeHandle! string
            CSIVolumeSource
              driver! string, fsType string, nodePublishSecretRef LocalObjectReference, readOnly bool,
              volumeAttributes {string}
            Capabilities
              add [string], drop [string]
            CephFSPersistentVolumeSource
              monitors! [string], path string, readOnly bool, secretFile string, secretRef SecretReference, user
              string
            CephFSVolumeSource
              monitors! [string], path string, readOnly bool, secretFile string, secretRef LocalObjectReference, user
              string
            CinderPersistentVolumeSource
              fsType string, readOnly bool, secretRef SecretReference, volumeID! string
            CinderVolumeSource
              fsType string, readOnly bool, secretRef LocalObjectReference, volumeID! string
            ClientIPConfig
              timeoutSeconds int32
            ClusterTrustBundleProjection
              labelSelector meta.LabelSelector, name string, optional bool, path! string, signerName string
            ComponentCondition
              error string, message string, status! string, type! string
            ComponentStatus *
              apiVersion string, conditions [ComponentCondition]map(type)~type, kind string, metadata
              meta.ObjectMeta={}
            ConfigMap *
              apiVersion string, binaryData {bytes}, data {string}, immutable bool, kind string, metadata
              meta.ObjectMeta={}
            ConfigMapEnvSource
              name string="", optional bool
            ConfigMapKeySelector atomic
              key! string, name string="", optional bool
            ConfigMapNodeConfigSource
              kubeletConfigKey! string, name! string, namespace! string, resourceVersion string, uid string
            ConfigMapProjection
              items [KeyToPath], name string="", optional bool
            ConfigMapVolumeSource
              defaultMode int32, items [KeyToPath], name string="", optional bool
            Container
              args [string], command [string], env [EnvVar]map(name)~name, envFrom [EnvFromSource], image string,
              imagePullPolicy string, lifecycle Lifecycle, livenessProbe Probe, name! string, ports
              [ContainerPort]map(containerPort protocol)~containerPort, readinessProbe Probe, resizePolicy
              [ContainerResizePolicy], resources ResourceRequirements={}, restartPolicy string, restartPolicyRules
              [ContainerRestartRule], securityContext SecurityContext, startupProbe Probe, stdin bool, stdinOnce bool,
              terminationMessagePath string, terminationMessagePolicy string, tty bool, volumeDevices
              [VolumeDevice]map(devicePath)~devicePath, volumeMounts [VolumeMount]map(mountPath)~mountPath, workingDir
              string
            ContainerExtendedResourceRequest
              containerName! string, requestName! string, resourceName! string
            ContainerImage
              names [string], sizeBytes int64
            ContainerPort
              containerPort! int32, hostIP string, hostPort int32, name string, protocol string=TCP
            ContainerResizePolicy
              resourceName! string, restartPolicy! string
            ContainerRestartRule
              action!? string, exitCodes ContainerRestartRuleOnExitCodes
            ContainerRestartRuleOnExitCodes
              operator!? string, values [int32]set
            ContainerState
              running ContainerStateRunning, terminated ContainerStateTerminated, waiting ContainerStateWaiting
            ContainerStateRunning
              startedAt time
            ContainerStateTerminated
              containerID string, exitCode! int32, finishedAt time, message string, reason string, signal int32,
              startedAt time
            ContainerStateWaiting
              message string, reason string
            ContainerStatus
              allocatedResources {quantity}, allocatedResourcesStatus [ResourceStatus]map(name)~name, containerID
              string, image! string, imageID! string, lastState ContainerState={}, name! string, ready! bool,
              resources ResourceRequirements, restartCount! int32, started bool, state ContainerState={}, stopSignal
              string, user ContainerUser, volumeMounts [VolumeMountStatus]map(mountPath)~mountPath
            ContainerUser
              linux LinuxContainerUser
            DaemonEndpoint
              Port! int32
            DownwardAPIProjection
              items [DownwardAPIVolumeFile]
            DownwardAPIVolumeFile
              fieldRef ObjectFieldSelector, mode int32, path! string, resourceFieldRef ResourceFieldSelector
            DownwardAPIVolumeSource
              defaultMode int32, items [DownwardAPIVolumeFile]
            EmptyDirVolumeSource
              medium string, sizeLimit quantity
            EndpointAddress atomic
              hostname string, ip! string, nodeName string, targetRef ObjectReference
            EndpointPort atomic
              appProtocol string, name string, port! int32, protocol string
            EndpointSubset
              addresses [EndpointAddress], notReadyAddresses [EndpointAddress], ports [EndpointPort]
            Endpoints *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, subsets [EndpointSubset]
            EnvFromSource
              configMapRef ConfigMapEnvSource, prefix string, secretRef SecretEnvSource
            EnvVar
              name! string, value string, valueFrom EnvVarSource
            EnvVarSource
              configMapKeyRef ConfigMapKeySelector, fieldRef ObjectFieldSelector, fileKeyRef FileKeySelector,
              resourceFieldRef ResourceFieldSelector, secretKeyRef SecretKeySelector
            EphemeralContainer
              args [string], command [string], env [EnvVar]map(name)~name, envFrom [EnvFromSource], image string,
              imagePullPolicy string, lifecycle Lifecycle, livenessProbe Probe, name! string, ports
              [ContainerPort]map(containerPort protocol)~containerPort, readinessProbe Probe, resizePolicy
              [ContainerResizePolicy], resources ResourceRequirements={}, restartPolicy string, restartPolicyRules
              [ContainerRestartRule], securityContext SecurityContext, startupProbe Probe, stdin bool, stdinOnce bool,
              targetContainerName string, terminationMessagePath string, terminationMessagePolicy string, tty bool,
              volumeDevices [VolumeDevice]map(devicePath)~devicePath, volumeMounts
              [VolumeMount]map(mountPath)~mountPath, workingDir string
            EphemeralVolumeSource
              volumeClaimTemplate PersistentVolumeClaimTemplate
            Event *
              action string, apiVersion string, count int32, eventTime microTime, firstTimestamp time, involvedObject!
              ObjectReference={}, kind string, lastTimestamp time, message string, metadata! meta.ObjectMeta={},
              reason string, related ObjectReference, reportingComponent string="", reportingInstance string="",
              series EventSeries, source EventSource={}, type string
            EventSeries
              count int32, lastObservedTime microTime
            """)
}
