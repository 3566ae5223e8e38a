"""The services that `manage.py up` and `manage.py test` bring along: PostgreSQL and Valkey.

Plain Python with the standard library: nothing of Django and nothing of the portal is imported
here, so that the services can start while Django is still loading.
"""
