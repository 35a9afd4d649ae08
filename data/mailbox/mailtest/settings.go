package mailtest

import (
	"fmt"
	"strings"
)

// settings writes Dovecot's settings: everything below our folder, every process
// as the same ordinary user, nothing synced to disk, no punishment for a wrong
// password.
func (d *IMAP) settings() string {
	extra := strings.ReplaceAll(d.extra, "%%DIR%%", d.Dir)
	for line := range strings.Lines(extra) {
		if url, ok := strings.CutPrefix(line, "#oauth2 "); ok {
			d.write("oauth2.conf", "introspection_mode = post\nintrospection_url = "+strings.TrimSpace(url)+
				"\nusername_attribute = username\nactive_attribute = active\nactive_value = true\n"+
				"force_introspection = yes\ntimeout_msecs = 2000\n")
		}
	}
	return fmt.Sprintf(`protocols = imap
listen = 127.0.0.1
base_dir = %[1]s/run
state_dir = %[1]s/state
log_path = %[1]s/log
default_internal_user = %[2]s
default_internal_group = %[3]s
default_login_user = %[2]s
default_vsz_limit = 0
first_valid_uid = 1
first_valid_gid = 0
ssl = required
ssl_cert = <%[1]s/cert.pem
ssl_key = <%[1]s/key.pem
ssl_min_protocol = TLSv1.2
disable_plaintext_auth = yes
auth_mechanisms = %[4]s
auth_failure_delay = 0
auth_cache_size = 0
auth_verbose = yes
mail_location = maildir:%[1]s/home/%%u
mail_home = %[1]s/home/%%u
mail_fsync = never
mailbox_list_index = no
mail_max_userip_connections = 100
imap_idle_notify_interval = 2 mins
namespace inbox {
  inbox = yes
  separator = /
}
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%%u %[1]s/users
  mechanisms = plain login
}
userdb {
  driver = static
  args = uid=%[5]d gid=%[6]d home=%[1]s/home/%%u
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
service imap-login {
  chroot =
  inet_listener imap {
    port = %[7]d
  }
  inet_listener imaps {
    port = %[8]d
    ssl = yes
  }
}
%[9]s`, d.Dir, d.as.name, d.as.group, strings.TrimSpace(d.mechs), d.as.uid, d.as.gid, d.Port, d.PortTLS, extra)
}
