package io.osmoda.evidence;

import io.osmoda.format.entry.RequestRefusedException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Actions of the catalogue that people ask for together. */
public enum ActionCategory {
  TOOLS("tool_call", "tool_result", "tool_change", "resource_read", "prompt_get", "protocol_error"),
  MODELS("model_call", "sampling", "elicitation"),
  AGENTS("agent_start", "agent_stop", "agent_crash", "agent_restart", "agent_message"),
  ACCESS(
      "access_grant",
      "access_deny",
      "access_revoke",
      "login",
      "logout",
      "login_fail",
      "ssh_open",
      "ssh_close",
      "ssh_fail",
      "secret_access",
      "secret_rotate",
      "privilege_use"),
  CHANGES(
      "config_change",
      "package_change",
      "generation_switch",
      "drift_detect",
      "drift_resolve",
      "file_write",
      "file_delete"),
  SYSTEM(
      "process_exec",
      "process_exit",
      "network_connect",
      "service_start",
      "service_stop",
      "service_fail",
      "watchdog_recover"),
  MESH("mesh_pair", "mesh_connect", "mesh_disconnect", "mesh_refuse", "mesh_message"),
  APPROVALS(
      "approval_request",
      "approval_grant",
      "approval_deny",
      "policy_decision",
      "review",
      "sign_off"),
  INCIDENTS("incident_open", "incident_note", "incident_close");

  private final String actions; // with spaces between
  private final String word = name().toLowerCase(Locale.ROOT);

  ActionCategory(String... actions) {
    this.actions = String.join(" ", actions);
  }

  /** Its actions. */
  public List<String> actions() {
    return List.of(actions.split(" "));
  }

  /** The words of all categories, for messages. */
  public static String words() {
    return Arrays.stream(values()).map(each -> each.word).collect(Collectors.joining(", "));
  }

  /**
   * The category of that word.
   *
   * @throws RequestRefusedException if there is none
   */
  public static ActionCategory parse(String word) {
    for (ActionCategory each : values()) {
      if (each.word.equals(word)) {
        return each;
      }
    }
    throw new RequestRefusedException("unknown category " + word + "; valid values are " + words());
  }
}
