package io.osmoda.evidence;

/**
 * Which OCSF event an action becomes: its class and activity. Where the OCSF has no activity for
 * it, the activity is 99 (Other) and named by the action. Immutable.
 *
 * @param caption of the activity
 */
record OcsfType(OcsfClass eventClass, int activity, String caption) {
  private static final int OTHER = 99;

  /** Classes that are written; {@code category_uid} is the thousands of {@code class_uid}. */
  enum OcsfClass {
    BASE_EVENT(0, "Base Event"),
    FILE_SYSTEM_ACTIVITY(1001, "File System Activity"),
    PROCESS_ACTIVITY(1007, "Process Activity"),
    EVENT_LOG_ACTIVITY(1008, "Event Log Activity"),
    DETECTION_FINDING(2004, "Detection Finding"),
    AUTHENTICATION(3002, "Authentication"),
    ENTITY_MANAGEMENT(3004, "Entity Management"),
    NETWORK_ACTIVITY(4001, "Network Activity"),
    SSH_ACTIVITY(4007, "SSH Activity"),
    DEVICE_CONFIG_STATE_CHANGE(5019, "Device Config State Change"),
    APPLICATION_LIFECYCLE(6002, "Application Lifecycle"),
    API_ACTIVITY(6003, "API Activity"),
    APPLICATION_ERROR(6008, "Application Error");

    private final int uid;
    private final String caption;

    OcsfClass(int uid, String caption) {
      this.uid = uid;
      this.caption = caption;
    }

    int uid() {
      return uid;
    }

    String caption() {
      return caption;
    }

    int category() {
      return uid / 1000;
    }
  }

  /** The event of an action with an outcome; the base event where the OCSF has no better one. */
  static OcsfType of(String action, String status) {
    return switch (action) {
      case "tool_call", "tool_result", "model_call", "sampling", "elicitation", "agent_message" ->
          other(OcsfClass.API_ACTIVITY, action);
      case "resource_read", "prompt_get", "secret_access" ->
          new OcsfType(OcsfClass.API_ACTIVITY, 2, "Read");
      case "tool_change", "secret_rotate" -> new OcsfType(OcsfClass.API_ACTIVITY, 3, "Update");
      case "protocol_error", "agent_crash", "service_fail" ->
          new OcsfType(OcsfClass.APPLICATION_ERROR, 1, "General Error");
      case "agent_start", "service_start" ->
          new OcsfType(OcsfClass.APPLICATION_LIFECYCLE, 3, "Start");
      case "agent_stop", "service_stop" -> new OcsfType(OcsfClass.APPLICATION_LIFECYCLE, 4, "Stop");
      case "agent_restart", "watchdog_recover" ->
          new OcsfType(OcsfClass.APPLICATION_LIFECYCLE, 5, "Restart");
      case "package_change" -> other(OcsfClass.APPLICATION_LIFECYCLE, action);
      case "process_exec" -> new OcsfType(OcsfClass.PROCESS_ACTIVITY, 1, "Launch");
      case "process_exit" -> new OcsfType(OcsfClass.PROCESS_ACTIVITY, 2, "Terminate");
      case "file_write" -> new OcsfType(OcsfClass.FILE_SYSTEM_ACTIVITY, 3, "Update");
      case "file_delete" -> new OcsfType(OcsfClass.FILE_SYSTEM_ACTIVITY, 4, "Delete");
      case "network_connect", "mesh_connect" -> connection(OcsfClass.NETWORK_ACTIVITY, status);
      case "mesh_disconnect" -> new OcsfType(OcsfClass.NETWORK_ACTIVITY, 2, "Close");
      case "mesh_refuse" -> new OcsfType(OcsfClass.NETWORK_ACTIVITY, 5, "Refuse");
      case "mesh_message" -> new OcsfType(OcsfClass.NETWORK_ACTIVITY, 6, "Traffic");
      case "ssh_open" -> connection(OcsfClass.SSH_ACTIVITY, status);
      case "ssh_close" -> new OcsfType(OcsfClass.SSH_ACTIVITY, 2, "Close");
      case "ssh_fail" -> new OcsfType(OcsfClass.SSH_ACTIVITY, 4, "Fail");
      case "login", "login_fail" -> new OcsfType(OcsfClass.AUTHENTICATION, 1, "Logon");
      case "logout" -> new OcsfType(OcsfClass.AUTHENTICATION, 2, "Logoff");
      case "config_change" -> new OcsfType(OcsfClass.ENTITY_MANAGEMENT, 3, "Update");
      case "mesh_pair" -> new OcsfType(OcsfClass.ENTITY_MANAGEMENT, 6, "Enroll");
      case "access_grant", "access_revoke" -> other(OcsfClass.ENTITY_MANAGEMENT, action);
      case "generation_switch" -> new OcsfType(OcsfClass.DEVICE_CONFIG_STATE_CHANGE, 1, "Log");
      case "access_deny", "drift_detect" -> new OcsfType(OcsfClass.DETECTION_FINDING, 1, "Create");
      case "drift_resolve" -> new OcsfType(OcsfClass.DETECTION_FINDING, 3, "Close");
      case "policy_decision" ->
          status.equals("denied")
              ? new OcsfType(OcsfClass.DETECTION_FINDING, 1, "Create")
              : other(OcsfClass.BASE_EVENT, action);
      case "incident_open" -> new OcsfType(OcsfClass.DETECTION_FINDING, 1, "Create");
      case "incident_note" -> new OcsfType(OcsfClass.DETECTION_FINDING, 2, "Update");
      case "incident_close" -> new OcsfType(OcsfClass.DETECTION_FINDING, 3, "Close");
      case "ledger_export" -> new OcsfType(OcsfClass.EVENT_LOG_ACTIVITY, 3, "Export");
      case "ledger_backup" -> new OcsfType(OcsfClass.EVENT_LOG_ACTIVITY, 4, "Archive");
      case "capture_start" -> new OcsfType(OcsfClass.EVENT_LOG_ACTIVITY, 6, "Start");
      case "capture_stop" -> new OcsfType(OcsfClass.EVENT_LOG_ACTIVITY, 7, "Stop");
      case "hold_set",
          "hold_release",
          "capture_gap",
          "capture_state",
          "clock_step",
          "ledger_create",
          "ledger_recover",
          "ledger_redact",
          "ledger_query",
          "ledger_verify",
          "ledger_restore",
          "key_rotate",
          "witness_cosign" ->
          other(OcsfClass.EVENT_LOG_ACTIVITY, action);
      default -> other(OcsfClass.BASE_EVENT, action);
    };
  }

  private static OcsfType other(OcsfClass eventClass, String action) {
    return new OcsfType(eventClass, OTHER, action);
  }

  private static OcsfType connection(OcsfClass eventClass, String status) {
    return switch (status) {
      case "denied" -> new OcsfType(eventClass, 5, "Refuse");
      case "error", "timeout", "crashed" -> new OcsfType(eventClass, 4, "Fail");
      default -> new OcsfType(eventClass, 1, "Open");
    };
  }

  boolean isOther() {
    return activity == OTHER;
  }

  long typeUid() {
    return 100L * eventClass.uid() + activity;
  }
}
