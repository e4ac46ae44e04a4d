"""How the system is started, here by `stack`, in production by compose."""
