type Policy = {
  readonly name: string;
  readonly port: number;
  readonly threshold: number;
  readonly action: string;
};

/** The commands for policies on 127.0.0.1 in front of one backend. */
export function leveeConfiguration(policies: readonly Policy[], backend: number, workers: number): string {
  return `config system enforcer
  set workers ${workers}
end
config system vip
  edit "loopback"
    set vip 127.0.0.1/32
  next
end
config server-policy vserver
  edit "loopback"
    config vip-list
      edit 1
        set vip "loopback"
      next
    end
  next
end
config server-policy server-pool
  edit "backend"
    config pserver-list
      edit 1
        set ip 127.0.0.1
        set port ${backend}
      next
    end
  next
end
${policies.map(policyCommands).join('')}`;
}

function policyCommands({ name, port, threshold, action }: Policy): string {
  return `config server-policy service custom
  edit "${name}"
    set port ${port}
  next
end
config waf layer4-connection-flood-check-rule
  edit "${name}"
    set layer4-connection-threshold ${threshold}
    set action ${action}
  next
end
config waf application-layer-dos-prevention
  edit "${name}"
    set enable-layer4-dos-prevention enable
    set layer4-connection-flood-check-rule "${name}"
  next
end
config waf web-protection-profile inline-protection
  edit "${name}"
    set application-layer-dos-prevention "${name}"
  next
end
config server-policy policy
  edit "${name}"
    set vserver "loopback"
    set service "${name}"
    set web-protection-profile "${name}"
    set server-pool "backend"
  next
end
`;
}
