/**
 * What agents say and do: capture points that sit in an agent's path, such as the transparent MCP
 * proxy, and seal each action through a recorder before they let it pass.
 */
@NullMarked
package io.osmoda.agents;

import org.jspecify.annotations.NullMarked;
